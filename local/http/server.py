"""A small HTTP/1.1 server: a thread for each connection, and connections stay open.

Every service here is called thousands of times a run by the same few clients, so the server's own
time counts: this one takes a tenth of what werkzeug's development server takes for a request.
"""

from __future__ import annotations

import errno
import logging
import socket
import threading
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, cast

from local.errors import LocalError
from local.http.messages import Answer, environ_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Environ

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
LONGEST_LINE = 65536
MOST_HEADERS = 256
JOINED_BYTES = 65536


class BadRequest(Exception):  # noqa: N818 - HTTP's own word
    """What came is not HTTP as we speak it."""


class HttpServer:
    """Listens on loopback from the start, so that a port in use is known before all else.

    Raises:
        LocalError: the port is in use, or cannot be used.
    """

    def __init__(self, port: int) -> None:
        self._stopped = False
        self._listener = _listen(port)
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"

    def run(self, answer: Callable[[Environ], Answer]) -> None:
        """Serve until `stop`; `answer` gives the response to a WSGI environment."""
        while not self._stopped:
            try:
                client, _ = self._listener.accept()
            except OSError as error:
                if not self._stopped:
                    log.warning("a connection could not be accepted: %s", error)
                    time.sleep(0.1)
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(client, answer)
            threading.Thread(target=connection.serve, daemon=True).start()
        self._listener.close()

    def stop(self) -> None:
        """Take no more connections; for any thread and for signal handlers."""
        self._stopped = True
        # On Linux this wakes the thread in `accept`; elsewhere a connection of our own does.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            socket.create_connection(self._listener.getsockname(), timeout=1).close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        reason = "is in use" if taken else f"cannot be used: {error}"
        raise LocalError(f"port {port} {reason}") from error
    listener.listen(1024)
    return listener


class Connection:
    """One client's connection: requests one after another."""

    def __init__(self, client: socket.socket, answer: Callable[[Environ], Answer]) -> None:
        self._client = client
        self._answer = answer

    def serve(self) -> None:
        """Answer until the client has no more to ask."""
        stream = cast("BinaryIO", self._client.makefile("rb", 65536))
        try:
            while self._answer_one(stream):
                pass
        except BadRequest as error:
            self._send("", Answer(HTTPStatus.BAD_REQUEST, body=str(error).encode()), last=True)
        except OSError:
            pass  # the client went away: nobody is left to tell
        finally:
            stream.close()
            self._client.close()

    def _answer_one(self, stream: BinaryIO) -> bool:
        line = stream.readline(LONGEST_LINE)
        if not line.strip():
            return bool(line)
        method, target, version = _request_line(line)
        headers = _headers(stream)
        named = {name.lower(): value for name, value in headers}
        if named.get("expect", "").lower() == "100-continue":
            self._client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = _body(stream, named)
        last = version == "HTTP/1.0" or named.get("connection", "").lower() == "close"
        self._send(method, self._answer(environ_of(method, target, headers, body)), last=last)
        return not last

    def _send(self, method: str, answer: Answer, *, last: bool) -> None:
        head = _head_of(method, answer, last=last)
        body = b"" if method == "HEAD" else answer.body
        if len(body) <= JOINED_BYTES:
            self._client.sendall(head + body)
        else:
            self._client.sendall(head)
            self._client.sendall(body)
        for block in answer.stream or ():
            self._client.sendall(block)


def _request_line(line: bytes) -> tuple[str, str, str]:
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004 - by RFC 9112
        raise BadRequest("not a request line of HTTP/1.1")
    return words[0], words[1], words[2]


def _headers(stream: BinaryIO) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    while (line := stream.readline(LONGEST_LINE)) not in {b"\r\n", b"\n"}:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or name != name.strip() or len(headers) >= MOST_HEADERS:
            raise BadRequest("not a header of HTTP/1.1")
        headers.append((name, value.strip()))
    return headers


def _body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(iter(lambda: _chunk(stream), b""))
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise BadRequest("not a content length")
    return _exactly(stream, int(length))


def _chunk(stream: BinaryIO) -> bytes:
    """The next chunk; empty for the last one, whose trailer is read over."""
    size = stream.readline(LONGEST_LINE).partition(b";")[0].strip()
    try:
        chunk = _exactly(stream, int(size, 16))
    except ValueError as error:
        raise BadRequest("not a chunk of HTTP/1.1") from error
    while stream.readline(LONGEST_LINE).strip():
        pass
    return chunk


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size) if size else b""
    if len(data) < size:
        raise ConnectionAbortedError("the body ended too early")
    return data


def _head_of(method: str, answer: Answer, *, last: bool) -> bytes:
    """Status line and headers; a HEAD and a stream bring their own Content-Length."""
    lines = [f"HTTP/1.1 {int(answer.status)} {_phrase(answer.status)}"]
    length = str(len(answer.body))
    for name, value in answer.headers:
        if name.lower() == "content-length":
            length = value if method == "HEAD" or answer.stream is not None else length
        else:
            lines.append(f"{name}: {value}".replace("\r", " ").replace("\n", " "))
    lines.append(f"Content-Length: {length}")
    lines.append(f"Date: {formatdate(usegmt=True)}")
    if last:
        lines.append("Connection: close")
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
