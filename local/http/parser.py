"""Requests out of the bytes of a connection, by llhttp, the parser of Node.js (`httptools`).

llhttp refuses what can be read in two ways: a Content-Length beside a Transfer-Encoding or another
Content-Length, sizes that are no plain numbers, folded headers, bare CR and LF. What it leaves to
its user is in `request_rules`.
"""

from __future__ import annotations

import io
import tempfile
from collections import deque
from http import HTTPStatus
from typing import IO, Final, NamedTuple

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserUpgrade,
    HttpRequestParser,
)

from local.http.messages import Body
from local.http.request_rules import MOST_BODY_BYTES, MOST_HEAD_BYTES, Head, RefusedRequest, check

IN_MEMORY_BYTES: Final = 1024 * 1024
"""A larger body is kept on disk."""


class Request(NamedTuple):
    """A whole request; `last` if the connection ends with it."""

    head: Head
    body: Body
    last: bool


class RequestParser:
    """Takes bytes as they come; `complete` has the requests that are whole, in order.

    `refusal` is set once something came that is no request: nothing after it can be read. The
    methods `on_...` are llhttp's callbacks.
    """

    def __init__(self) -> None:
        self.complete: deque[Request] = deque()
        self.refusal: RefusedRequest | None = None
        self.expects_continue = False
        self._parser = HttpRequestParser(self)
        self._under_way = False
        self._unused_bytes = 0

    def feed(self, data: bytes) -> None:
        """Read on; no bytes are the end of the connection."""
        if not data and self._under_way:
            self.refusal = RefusedRequest(HTTPStatus.BAD_REQUEST, "the request ends too early")
            return
        self._unused_bytes += len(data)
        try:
            self._parser.feed_data(data)
            _limit(self._unused_bytes)
        except HttpParserUpgrade:
            pass  # a wish for another protocol; the request itself is complete
        except HttpParserCallbackError as error:
            cause = error.__context__
            self.refusal = cause if isinstance(cause, RefusedRequest) else _malformed(error)
        except HttpParserError as error:
            self.refusal = _malformed(error)
        except RefusedRequest as refusal:
            self.refusal = refusal

    def on_message_begin(self) -> None:
        """A request begins."""
        self._under_way, self._in_head = True, True
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._head_bytes = 0
        self._content: IO[bytes] | None = None

    def on_url(self, part: bytes) -> None:
        """The target, or a piece of it."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; one behind the body, a trailer, is passed over (RFC 9110, section 6.5.1)."""
        self._head_bytes += len(name) + len(value)
        _limit(self._head_bytes)
        if self._in_head:
            self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The body follows, if there is one."""
        self._in_head = False
        self._head = Head(
            method=self._parser.get_method().decode("latin-1"),
            target=self._target.decode("latin-1"),
            version=self._parser.get_http_version(),
            headers=self._headers,
        )
        check(self._head)
        expected = self._head.values("expect")
        self.expects_continue = [each.lower() for each in expected] == ["100-continue"]

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        self._unused_bytes, self.expects_continue = 0, False
        if self._content is None:
            self._content = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - Body has it
        self._content.write(data)
        if self._content.tell() > MOST_BODY_BYTES:
            raise RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._unused_bytes, self.expects_continue = 0, False
        self._under_way = False
        content = self._content or io.BytesIO()
        size = content.tell()
        content.seek(0)
        last = self._parser.should_upgrade() or not self._parser.should_keep_alive()
        self.complete.append(Request(self._head, Body(content, size), last))


def _limit(size: int) -> None:
    if size > MOST_HEAD_BYTES:
        text = "the headers are too large"
        raise RefusedRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, text)


def _malformed(error: HttpParserError) -> RefusedRequest:
    return RefusedRequest(HTTPStatus.BAD_REQUEST, f"not HTTP/1.1: {error}")
