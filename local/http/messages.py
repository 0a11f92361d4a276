"""Requests and answers between the server, the services and the clients in process (PEP 3333)."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Start = Callable[..., Any]
    Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

Environ = dict[str, Any]

ORIGINAL_NAMES = "moto.preserved_header_names"
"""Where moto looks for the spelling of headers whose names have an underscore: S3 metadata."""


@dataclass
class Answer:
    """An HTTP response: status code, headers in order, the body.

    A large body may be given as `stream` instead, with a Content-Length among the headers.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    stream: Iterable[bytes] | None = None

    def add(self, name: str, value: str) -> None:
        """Add a header unless there is one of that name."""
        if all(name.lower() != known.lower() for known, _ in self.headers):
            self.headers.append((name, value))


class Body(NamedTuple):
    """A request's body: a file, at its beginning, and how many bytes it has."""

    content: IO[bytes]
    size: int


def environ_of(
    method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes | Body
) -> Environ:
    """The WSGI environment of a request whose body is at hand; `target` is as it was sent."""
    body = Body(io.BytesIO(body), len(body)) if isinstance(body, bytes) else body
    absolute = urlsplit(target) if target.startswith("http") else None
    raw = target if absolute is None else target[target.index(absolute.netloc) :]
    raw = raw if absolute is None else raw.removeprefix(absolute.netloc) or "/"
    path, _, query = raw.partition("?")
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": raw,
        "REQUEST_URI": raw,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body.content,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    _add_headers(environ, headers)
    environ["CONTENT_LENGTH"] = str(body.size)
    if absolute is not None:
        environ.setdefault("HTTP_HOST", absolute.netloc)
    return environ


def _add_headers(environ: Environ, headers: Iterable[tuple[str, str]]) -> None:
    """Headers as variables; one with an underscore never stands in for one with a dash."""
    names: dict[str, str] = {}
    for name, value in headers:
        key = name.upper().replace("-", "_")
        if "_" in name:
            if not name.lower().startswith("x-amz-meta-"):
                continue
            names[f"HTTP_{key}"] = name
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ[ORIGINAL_NAMES] = names


def body_of(environ: Environ) -> bytes:
    """The request's body, left to be read again."""
    content = environ["wsgi.input"]
    content.seek(0)
    body: bytes = content.read()
    content.seek(0)
    return body


def answer_of(application: Application, environ: Environ) -> Answer:
    """Call an application; its whole answer."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        started[:] = [int(status[:3]), headers]

    parts = application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Answer(started[0], list(started[1]), body)
