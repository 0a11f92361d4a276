"""One client's connection: requests one after another.

What is not HTTP/1.1 is answered with 400, or a status that says more, and the connection is closed:
nobody knows where the next request would begin (RFC 9112, section 2.2).
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import struct
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from local.http.messages import Answer, environ_of
from local.http.parser import RequestParser
from local.http.request_rules import RefusedRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Environ
    from local.http.parser import Request

log = logging.getLogger(__name__)

READ_BYTES: Final = 256 * 1024
JOINED_BYTES: Final = 64 * 1024
SILENT_SECONDS: Final = 600
"""How long a client may keep a connection open without a word."""

LINGER_SECONDS: Final = 1
LINGER_READS: Final = 256
"""How much of what a refused client still sends is read: an answer is lost if that lies unread."""

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
CONTROLS: Final = re.compile(r"[\0-\x08\x0a-\x1f\x7f]")


class Connection:
    """Serves one client; `answer` gives the response to a WSGI environment."""

    def __init__(self, client: socket.socket, answer: Callable[[Environ], Answer]) -> None:
        self._client = client
        self._answer = answer
        self._parser = RequestParser()
        # For reading alone: a client that reads an answer slowly is waited for.
        patience = struct.pack("ll", SILENT_SECONDS, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)

    def serve(self) -> None:
        """Answer until the client has no more to ask."""
        try:
            while request := self._next():
                self._send(request.head.method, self._answered(request), last=request.last)
                if request.last:
                    break
        except RefusedRequest as refused:
            self._refuse(refused)
        except OSError as error:
            # The client went away, or an answer broke off: there is no other way to show it.
            log.debug("a connection ended: %s", error)
        finally:
            self._client.close()

    def _next(self) -> Request | None:
        """The next request; None once the client closed the connection.

        Raises:
            RefusedRequest: what came is no request.
        """
        parser = self._parser
        while not parser.complete:
            if parser.refusal is not None:
                raise parser.refusal
            if parser.expects_continue:
                self._client.sendall(CONTINUE)
                parser.expects_continue = False
            data = self._client.recv(READ_BYTES)
            parser.feed(data)
            if not data and parser.refusal is None:
                return None
        return parser.complete.popleft()

    def _answered(self, request: Request) -> Answer:
        head = request.head
        try:
            return self._answer(environ_of(head.method, head.target, head.headers, request.body))
        except Exception:
            log.exception("%s %s", head.method, head.target)
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR)

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

    def _refuse(self, refused: RefusedRequest) -> None:
        """Say why, and wait until the client has read it."""
        headers = [("Content-Type", "text/plain")]
        answer = Answer(refused.status, headers, f"{refused}\n".encode())
        with contextlib.suppress(OSError):  # it may not wait for the answer
            self._send("", answer, last=True)
            self._client.shutdown(socket.SHUT_WR)
            self._client.settimeout(LINGER_SECONDS)
            for _ in range(LINGER_READS):
                if not self._client.recv(READ_BYTES):
                    return


def _head_of(method: str, answer: Answer, *, last: bool) -> bytes:
    """Status line and headers; a HEAD and a stream bring their own Content-Length."""
    lines = [f"HTTP/1.1 {int(answer.status)} {_phrase(answer.status)}"]
    length = str(len(answer.body))
    for name, value in answer.headers:
        if name.lower() == "content-length":
            length = value if method == "HEAD" or answer.stream is not None else length
        else:
            lines.append(f"{name}: {CONTROLS.sub(' ', value)}")
    if answer.status != HTTPStatus.NO_CONTENT:  # which has none (RFC 9110, section 8.6)
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
