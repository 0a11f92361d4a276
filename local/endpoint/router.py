"""The application: Tally's own services where moto has none, moto for all the rest."""

from __future__ import annotations

import logging
import random
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from local.credentials import ANONYMOUS, signature_of
from local.endpoint.control import PREFIX
from local.http.errors import failure, refusal, s3_failure
from local.kept.database import FolderClosedError
from local.lambda_runtime.http_api import ROLE
from local.s3.reads import may_be_unsigned
from local.stepfunctions import StoppedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.credentials import Callers, Signature
    from local.endpoint.control import Control
    from local.endpoint.kept_world import KeptWorld
    from local.endpoint.request_counts import RequestCounts
    from local.events.s3_notifications import S3Events
    from local.http.messages import Answer, Environ
    from local.iam.request_actions import RequestAuthorizer
    from local.moto_patches.apps import Moto

log = logging.getLogger(__name__)
STOPPED = (StoppedError, FolderClosedError)
"""What a request meets that comes while the endpoint ends: no fault, and nobody's news."""


UNSIGNED = (
    "This request is not signed. Sign it with any key: by an SDK, by the AWS CLI, or by "
    "curl --aws-sigv4 aws:amz:us-east-1:s3 --user local:local"
)


class Service(Protocol):
    """A service of Tally's own."""

    def answer(self, environ: Environ) -> Answer | None:
        """The answer to a request signed for it; None for one that is left to moto."""


class Application:
    """Routes a request by what it is signed for; checks what a role may do before anything."""

    def __init__(
        self,
        moto: Moto,
        services: Mapping[str, Service],
        callers: Callers,
        request_authorizer: RequestAuthorizer,
        s3_events: S3Events,
        *,
        control: Control,
        requests: RequestCounts,
        kept: KeptWorld | None = None,
    ) -> None:
        self._kept = kept
        self._moto = moto
        self._services = services
        self._callers = callers
        self._request_authorizer = request_authorizer
        self._s3_events = s3_events
        self._control = control
        self._requests = requests

    def answer(self, environ: Environ) -> Answer:
        """Answer one request; whatever goes wrong in a service is an answer, too."""
        signature = signature_of(environ)
        name = signature.service if signature else ""
        try:
            answer = self._routed(environ, signature)
        except NotImplementedError as error:
            text = f"not supported here: {str(error) or environ['PATH_INFO']}"
            answer = failure(name, environ, HTTPStatus.NOT_IMPLEMENTED, "NotImplemented", text)
        except STOPPED:
            answer = stopped(environ)
        except Exception as error:
            log.exception("%s %s", environ["REQUEST_METHOD"], environ["RAW_URI"])
            text = f"{type(error).__name__}: {error}"
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            answer = failure(name, environ, status, "InternalFailure", text)
        answer.add("x-amzn-RequestId", _request_id())
        return answer

    def _routed(self, environ: Environ, signature: Signature | None) -> Answer:
        if signature is None:
            return self._unsigned(environ)
        role = self._callers.role_of(signature.access_key)
        self._requests.count(role, signature.service, environ)
        if role is None:
            return self._answered(environ, signature)
        environ[ROLE] = role
        refused = self._request_authorizer.refusal(role, signature.service, environ)
        if refused is None:
            answer = self._answered(environ, signature)
            if signature.service != "s3" or answer.status != HTTPStatus.NOT_FOUND:
                return answer
            refused = self._request_authorizer.hiding(role, environ)
            if refused is None:
                return answer
        return refusal(signature.service, environ, refused)

    def _unsigned(self, environ: Environ) -> Answer:
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._control.answer(environ)
        if may_be_unsigned(environ):
            return self._moto.answer(environ, ANONYMOUS)
        return s3_failure(environ, HTTPStatus.FORBIDDEN, "AccessDenied", UNSIGNED)

    def _answered(self, environ: Environ, signature: Signature) -> Answer:
        own = self._services.get(signature.service)
        answer = own.answer(environ) if own else None
        if answer is not None:
            return answer
        kept = self._kept
        if kept is None:
            with self._s3_events.after_the_request():
                return self._moto.answer(environ, signature)
        with self._s3_events.after_the_request(kept.request(environ, signature)), kept.nested():
            return self._moto.answer(environ, signature)


def stopped(environ: Environ) -> Answer:
    """What a client is answered while the endpoint ends; SDKs try it again."""
    signature = signature_of(environ)
    name = signature.service if signature else ""
    status, text = HTTPStatus.SERVICE_UNAVAILABLE, "the endpoint is ending"
    return failure(name, environ, status, "ServiceUnavailable", text)


def _request_id() -> str:
    """A new one. Nothing secret: `uuid4` asks the system, and waits for Python's lock after it."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
