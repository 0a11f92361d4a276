"""boto3 clients whose requests go straight into the endpoint's application: no socket between."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.awsrequest import AWSPreparedRequest

    from local.endpoint.callers import Credentials


class RawBody(io.BytesIO):
    """A response's body as botocore reads it from urllib3."""

    def stream(self, amount: int = 65536, **_: Any) -> Iterable[bytes]:
        """The rest, in pieces."""
        while piece := self.read(amount):
            yield piece


class InProcess:
    """Makes clients for one application; each service and caller gets one client, kept."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.application: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, caller: Credentials) -> Any:
        """A client of that service which signs as that caller."""
        known = self._clients.get((service, caller.access_key))
        if known is not None:
            return known
        with self._lock:
            made = self._make(service, caller)
            return self._clients.setdefault((service, caller.access_key), made)

    def _make(self, service: str, caller: Credentials) -> Any:
        make: Any = boto3.session.Session().client
        client = make(
            service,
            endpoint_url="http://127.0.0.1",
            region_name=self.region,
            aws_access_key_id=caller.access_key,
            aws_secret_access_key=caller.secret_key,
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=False,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        client.meta.events.register("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        status, headers, body = call(self.application, request)
        raw: Any = RawBody(body)
        return AWSResponse(request.url, status, HeadersDict(headers), raw)  # type: ignore[arg-type]


def call(application: Any, request: AWSPreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
    """Give a prepared request to a WSGI application; status, headers, body."""
    started: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        started["status"] = int(status.split(" ", 1)[0])
        started["headers"] = headers

    answer = application(environ_of(request), start_response)
    try:
        body = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return started["status"], started["headers"], body


def environ_of(request: AWSPreparedRequest) -> dict[str, Any]:
    """The WSGI environment of a prepared request (PEP 3333)."""
    url = urlsplit(request.url)
    body = request.body or b""
    content: Any = body.read() if hasattr(body, "read") else body
    content = content.encode() if isinstance(content, str) else bytes(content)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "RAW_URI": f"{url.path}?{url.query}",
        "REQUEST_URI": f"{url.path}?{url.query}",
        "QUERY_STRING": url.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        given: Any = value
        text = given.decode("latin-1") if isinstance(given, bytes) else str(given)
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    environ.setdefault("HTTP_HOST", url.netloc)
    return environ
