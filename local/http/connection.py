"""One client's connection: requests one after another, parsed by h11.

What is not HTTP/1.1 is answered with 400, or a status that says more, and the connection is closed:
nobody knows where the next request would begin (RFC 9112, section 2.2).
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import struct
import tempfile
from email.utils import formatdate
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Final

import h11

from local.http.messages import Answer, Body, environ_of
from local.http.request_rules import MOST_BODY_BYTES, RefusedRequest, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Environ

log = logging.getLogger(__name__)

READ_BYTES: Final = 256 * 1024
MOST_HEAD_BYTES: Final = 64 * 1024
IN_MEMORY_BYTES: Final = 1024 * 1024
"""A larger body is kept on disk."""

SILENT_SECONDS: Final = 600
"""How long a client may keep a connection open without a word."""

LINGER_SECONDS: Final = 1
LINGER_READS: Final = 256
"""How much of what a refused client still sends is read: an answer is lost if that lies unread."""

NO_LENGTH: Final = {HTTPStatus.NO_CONTENT}
"""Statuses whose answers must not have a Content-Length (RFC 9110, section 8.6)."""

CONTINUE: Final = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
CONTROLS: Final = re.compile(r"[\0-\x08\x0a-\x1f\x7f]")


class Connection:
    """Serves one client; `answer` gives the response to a WSGI environment."""

    def __init__(self, client: socket.socket, answer: Callable[[Environ], Answer]) -> None:
        self._client = client
        self._answer = answer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD_BYTES)
        # For reading alone: a client that reads an answer slowly is waited for.
        patience = struct.pack("ll", SILENT_SECONDS, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)

    def serve(self) -> None:
        """Answer until the client has no more to ask."""
        try:
            while self._answer_one():
                self._http.start_next_cycle()
        except RefusedRequest as refused:
            self._refuse(refused.status, str(refused))
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint, str(error))
        except (OSError, h11.LocalProtocolError) as error:
            # The client went away, or an answer broke off: there is no other way to show it.
            log.debug("a connection ended: %s", error)
        finally:
            self._client.close()

    def _answer_one(self) -> bool:
        """Whether the connection stays open."""
        request = self._event()
        if not isinstance(request, h11.Request):
            return False
        check(request)
        headers = [(_text(name), _text(value)) for name, value in request.headers.raw_items()]
        environ = environ_of(_text(request.method), _text(request.target), headers, self._body())
        self._send(self._answered(environ), head_only=request.method == b"HEAD")
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def _event(self) -> object:
        """The next thing that the client says, in h11's words."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self._write(CONTINUE)
            self._http.receive_data(self._received())
        return event

    def _received(self) -> bytes:
        data = self._client.recv(READ_BYTES)
        between = self._http.their_state is h11.IDLE and not self._http.trailing_data[0]
        while between and data.startswith(b"\r\n"):  # to be ignored (RFC 9112, section 2.2)
            data = data[2:] or self._client.recv(READ_BYTES)
        return data

    def _body(self) -> Body:
        content = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - goes with the request
        while isinstance(event := self._event(), h11.Data):
            content.write(event.data)
            if content.tell() > MOST_BODY_BYTES:
                raise RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        size = content.tell()
        content.seek(0)
        return Body(content, size)

    def _answered(self, environ: Environ) -> Answer:
        try:
            return self._answer(environ)
        except Exception:
            log.exception("%s %s", environ["REQUEST_METHOD"], environ["RAW_URI"])
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _send(self, answer: Answer, *, head_only: bool) -> None:
        data = self._http.send(_head_of(answer, head_only=head_only)) or b""
        blocks = () if head_only else chain((answer.body,), answer.stream or ())
        for block in blocks:
            data += self._http.send(h11.Data(data=block)) or b""
            self._client.sendall(data)
            data = b""
        self._client.sendall(data + (self._http.send(h11.EndOfMessage()) or b""))

    def _write(self, event: h11.Event) -> None:
        self._client.sendall(self._http.send(event) or b"")

    def _refuse(self, status: int, reason: str) -> None:
        """Say why, and wait until the client has read it."""
        with contextlib.suppress(OSError):  # it may not wait for the answer
            if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                headers = [("Content-Type", "text/plain"), ("Connection", "close")]
                self._send(Answer(status, headers, f"{reason}\n".encode()), head_only=False)
            self._client.shutdown(socket.SHUT_WR)
            self._client.settimeout(LINGER_SECONDS)
            for _ in range(LINGER_READS):
                if not self._client.recv(READ_BYTES):
                    return


def _head_of(answer: Answer, *, head_only: bool) -> h11.Response:
    """Status and headers; a HEAD and a stream bring their own Content-Length."""
    length = str(len(answer.body))
    headers = []
    for name, value in answer.headers:
        if name.lower() != "content-length":
            headers.append((name.encode(), _line(value)))
        elif head_only or answer.stream is not None:
            length = value
    if answer.status not in NO_LENGTH:
        headers.append((b"Content-Length", length.encode()))
    headers.append((b"Date", formatdate(usegmt=True).encode()))
    return h11.Response(
        status_code=int(answer.status), headers=headers, reason=_phrase(answer.status)
    )


def _line(value: str) -> bytes:
    """A header's value: of one line, whatever a key or a message has in it."""
    text = CONTROLS.sub(" ", value).strip()
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"Unknown"


def _text(value: bytes) -> str:
    return value.decode("latin-1")
