"""moto's services, each answered by the shortest way to it.

moto's own server looks for the service of each request anew, by listing its package's folder, and
goes through Flask: 1.3 ms for a small S3 GET that S3's own code answers in 0.3 ms. A signed
request names its service, so the search is made once for each; and S3, which is asked most, is
called without Flask. What answers is moto's code either way, but for the plain requests for
objects that `local.s3.objects` takes.
"""

from __future__ import annotations

import os
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

from botocore.exceptions import ClientError
from moto.core.request import Request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.responses import S3Response

from local.credentials import ANONYMOUS
from local.http.errors import s3_failure
from local.http.messages import Answer, answer_of
from local.moto_patches import lifecycle, s3, sqs
from local.s3 import names
from local.s3.chunked import unpack
from local.s3.digests import name_algorithm
from local.s3.objects import S3Objects
from local.s3.refusals import refusal
from local.s3.xml_text import is_made_here, with_references

if TYPE_CHECKING:
    from local.credentials import Signature
    from local.http.messages import Application, Environ

AMBIGUOUS_PATH = re.compile(r"/[^/]+/?")
"""A bucket, or a key where the bucket is in the host name (moto's s3/urls.py)."""

SEARCHED = {"bedrock", "bedrock-agentcore", "dynamodb", "execute-api", "mediastore", "sagemaker"}
"""Signing names that several of moto's services share: which one, only the request tells."""


MALFORMED_XML = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)


class ServerRequest(Request):
    """A request as moto knows it from a server: one that puts the Date on answers itself."""

    from_wsgi_server = True


class S3Request(ServerRequest):
    """A request for S3: what it says of its body's type is kept, and never read into."""

    @property
    def want_form_data_parsed(self) -> bool:
        """Whether the body is a form: a browser's upload alone."""
        return self.method == "POST" and self.mimetype == "multipart/form-data"


class Moto:
    """All of moto's services."""

    def __init__(self, account_id: str) -> None:
        # Without it moto looks through all access keys for the account of each request.
        os.environ["MOTO_ACCOUNT_ID"] = account_id
        names.install()
        sqs.install()
        s3.install()
        lifecycle.install()
        self._objects = S3Objects(account_id)
        self._dispatcher = DomainDispatcherApplication(create_backend_app)
        self._known: dict[tuple[str, str], Application] = {}

    def answer(self, environ: Environ, signature: Signature) -> Answer:
        """Moto's answer to a request."""
        if signature.service == "s3" and not _is_s3_control(environ):
            return self._s3(environ, signature)
        return answer_of(self._application(environ, signature), environ)

    def _s3(self, environ: Environ, signature: Signature) -> Answer:
        refused = unpack(environ) or refusal(environ)
        if refused is not None:
            return refused
        plain = None
        if signature is not ANONYMOUS:  # whom only moto judges, by the object's ACL
            plain = self._objects.answer(environ, signature.region)
        if plain is not None:
            return plain
        name_algorithm(environ)
        return _s3(S3Request(environ))

    def _application(self, environ: Environ, signature: Signature) -> Application:
        key = (signature.service, signature.region)
        if key in self._known:
            return self._known[key]
        found: Application = self._dispatcher.get_application(environ)
        if signature.service not in SEARCHED and signature.service != "s3":
            self._known[key] = found
        return found


def _is_s3_control(environ: Environ) -> bool:
    path, host = environ["PATH_INFO"], environ.get("HTTP_HOST", "")
    return path.startswith("/v20180820/") or "s3-control" in host


def _s3(request: S3Request) -> Answer:
    try:
        status, headers, content = _s3_action(request.raw_path)(
            request, request.raw_url, dict(request.headers)
        )
    except ExpatError:
        return s3_failure(request.environ, HTTPStatus.BAD_REQUEST, "MalformedXML", MALFORMED_XML)
    except ClientError as error:
        status, headers, content = 400, {}, error.response["Error"]["Message"]
    body = content.encode() if isinstance(content, str) else bytes(content)
    if body.startswith(b"<?xml") and is_made_here(request.environ):
        body = with_references(body.decode()).encode()
    return Answer(status, [(name, str(value)) for name, value in headers.items()], body)


def _s3_action(path: str) -> Any:
    if path == "/":
        return S3Response.bucket_dispatch
    if AMBIGUOUS_PATH.fullmatch(path):
        return S3Response.ambiguous_dispatch
    return S3Response.key_dispatch
