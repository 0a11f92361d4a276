"""Plain exchanges over HTTP/1.1: a request as it is, for the body of a complete answer of 200.

An HTTP library reads every header of every kind of answer. Here there is one kind that is taken,
and the caller has another way for all the rest.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib.parse import SplitResult

PORTS = {"http": 80, "https": 443}
CONNECT_SECONDS = 3
ANSWER_SECONDS = 20
BLOCK_BYTES = 65536
LONGEST_HEAD = 65536
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n)")


class Unsettled(Exception):  # noqa: N818 - nothing is wrong with it
    """An answer that is not the one kind."""


class Host:
    """One host, and the connections to it that are open; for any number of threads."""

    def __init__(self, url: SplitResult) -> None:
        self._place = (url.hostname or "", url.port or PORTS[url.scheme])
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._idle: deque[socket.socket] = deque()

    def body(self, request: bytes) -> bytes | None:
        """The body of the answer to a GET; None where it has to be asked in another way.

        A connection that was kept may have been closed since, so then a new one is tried as well.
        """
        for connect in (self._idle.pop, self._connected):
            try:
                connection = connect()
            except IndexError:
                continue
            except OSError:
                return None
            try:
                body = _exchanged(connection, request)
            except ConnectionError:
                connection.close()
                continue
            except (OSError, Unsettled):
                connection.close()
                return None
            self._idle.append(connection)
            return body
        return None

    def _connected(self) -> socket.socket:
        connection = socket.create_connection(self._place, CONNECT_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(ANSWER_SECONDS)
        if self._tls is None:
            return connection
        return self._tls.wrap_socket(connection, server_hostname=self._place[0])


def _exchanged(connection: socket.socket, request: bytes) -> bytes:
    """The body of a complete answer.

    Raises:
        ConnectionError: the connection is closed.
        Unsettled: an answer of another kind.
    """
    connection.sendall(request)
    got = bytearray(_received(connection))
    while (end := got.find(END)) < 0:
        if len(got) > LONGEST_HEAD:
            raise Unsettled
        got += _received(connection)
    begin = end + len(END)
    whole = begin + _length(bytes(got[: end + 2]).lower())
    while len(got) < whole:
        got += _received(connection)
    if len(got) > whole:
        raise Unsettled
    return bytes(got[begin:])


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(BLOCK_BYTES)
    if not data:
        raise ConnectionAbortedError
    return data


def _length(head: bytes) -> int:
    """The body's length by a head in lower case."""
    lengths = LENGTH.findall(head)
    plain = head.startswith(b"http/1.1 200 ") and b"\r\ntransfer-encoding:" not in head
    if not plain or len(lengths) != 1:
        raise Unsettled
    return int(lengths[0])
