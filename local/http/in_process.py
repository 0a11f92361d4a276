"""boto3 clients whose requests go straight into the endpoint's application: no socket between."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config

from local import sdk_models
from local.http.messages import environ_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from local.credentials import Credentials
    from local.http.messages import Answer, Environ


class RawBody(io.BytesIO):
    """A response's body as botocore reads it from urllib3."""

    def stream(self, amount: int = 65536, **_: Any) -> Iterable[bytes]:
        """The rest, in pieces."""
        while piece := self.read(amount):
            yield piece


class InProcess:
    """Makes clients for one application; each service and caller gets one client, kept.

    `answer` is the application's, to be set before the first call.
    """

    answer: Callable[[Environ], Answer]

    def __init__(self, region: str) -> None:
        self.region = region
        self._session: Any = boto3.session.Session(botocore_session=sdk_models.session())
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, caller: Credentials) -> Any:
        """A client of that service which signs as that caller."""
        key = (service, caller.access_key)
        if key not in self._clients:
            with self._lock:  # making one is slow, and boto3 says not to do it twice at once
                if key not in self._clients:
                    self._clients[key] = self._make(service, caller)
        return self._clients[key]

    def _make(self, service: str, caller: Credentials) -> Any:
        client = self._session.client(
            service,
            endpoint_url="http://127.0.0.1",
            region_name=self.region,
            aws_access_key_id=caller.access_key,
            aws_secret_access_key=caller.secret_key,
            config=Config(
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        client.meta.events.register("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        answer = self.answer(request_environ(request))
        headers: Any = HeadersDict(answer.headers)
        raw: Any = RawBody(answer.body or b"".join(answer.stream or ()))
        return AWSResponse(request.url, answer.status, headers, raw)


def request_environ(request: AWSPreparedRequest) -> Environ:
    """The WSGI environment of a prepared request."""
    body: Any = request.body or b""
    content = body.read() if hasattr(body, "read") else body
    content = content.encode() if isinstance(content, str) else bytes(content)
    return environ_of(str(request.method), request.url, _text_headers(request), content)


def _text_headers(request: AWSPreparedRequest) -> Iterator[tuple[str, str]]:
    headers: Any = request.headers
    for name, value in headers.items():
        yield name, value.decode("latin-1") if isinstance(value, bytes) else str(value)
