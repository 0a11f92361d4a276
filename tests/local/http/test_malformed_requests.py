"""Whatever comes over a socket is answered or refused; nothing ends a thread or is half understood.

The forms are those of RFC 9112 and RFC 9110, and of published collections of smuggled requests.
"""

import re
import socket
import threading
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.http.messages import Answer, body_of
from local.http.server import HttpServer

LINE = b"PUT /bucket/a.csv HTTP/1.1\r\n"
HOST = b"Host: 127.0.0.1\r\n"
CLOSE = b"Connection: close\r\n"


class Echo:
    """A server of this process that answers each request with its body; it notes what it got."""

    def __init__(self):
        self.requests = []
        self.server = HttpServer(0)
        self.thread = threading.Thread(target=self.server.run, args=(self.answer,))
        self.thread.start()

    def answer(self, environ):
        body = body_of(environ)
        self.requests.append((environ["REQUEST_METHOD"], environ["RAW_URI"], body))
        return Answer(200, [("Content-Type", "text/csv")], body)

    def stop(self):
        self.server.stop()
        self.thread.join(10)

    def send(self, data, *, half_close=True):
        """All that comes back for these bytes until the server closes the connection."""
        place = urlsplit(self.server.url)
        with socket.create_connection((place.hostname, place.port), timeout=10) as made:
            made.sendall(data)
            if half_close:
                made.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: made.recv(65536), b""))


@pytest.fixture(scope="module")
def echo():
    failures = []
    before, threading.excepthook = threading.excepthook, failures.append
    made = Echo()
    yield made
    made.stop()
    threading.excepthook = before
    assert failures == []


def put(*headers, body=b""):
    return LINE + HOST + b"".join(each + b"\r\n" for each in headers) + b"\r\n" + body


def chunked(body):
    return put(b"Transfer-Encoding: chunked", body=body)


LENGTHS = [
    b"-1",
    b"+5",
    b"0x5",
    b"5 5",
    b"5,6",
    b"",
    b"five",
    b"\xd9\xa5",
    b"1" * 30,
    b"5;",
    b"5.0",
]
CHUNK_SIZES = [b"-1", b"+5", b"0x5", b"5_0", b" 5", b"", b"zz", b"\xd9\xa5", b"1" * 30, b"5\n5"]
AUTHORITIES = [
    b"[::1",
    b"127.0.0.1:99999",
    b"127.0.0.1:x",
    b"a b",
    b"user@127.0.0.1",
    b"a/b",
    b"a:1:2",
]
MALFORMED = {
    **{f"length {each!r}": put(b"Content-Length: " + each, body=b"hello") for each in LENGTHS},
    **{f"chunk size {e!r}": chunked(e + b"\r\nhello\r\n0\r\n\r\n") for e in CHUNK_SIZES},
    **{f"host {e!r}": LINE + b"Host: " + e + b"\r\n\r\n" for e in AUTHORITIES},
    **{
        f"URL of {e!r}": b"GET http://" + e + b"/ HTTP/1.1\r\n" + HOST + b"\r\n"
        for e in AUTHORITIES
        if b"/" not in e
    },
    "two lengths": put(b"Content-Length: 5", b"Content-Length: 6", body=b"hello!"),
    "length and chunks": put(
        b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"
    ),
    "chunks in HTTP/1.0": b"PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk longer than it says": chunked(b"3\r\nhello\r\n0\r\n\r\n"),
    "no host": LINE + b"\r\n",
    "two hosts": LINE + HOST + HOST + b"\r\n",
    "space before the colon": put(b"Content-Length : 5", body=b"hello"),
    "no colon": put(b"no colon"),
    "no name": put(b": x"),
    "a name with a space": put(b"a b: x"),
    "an unknown coding": put(b"Transfer-Encoding: gzip"),
    "a coding after chunked": put(b"Transfer-Encoding: chunked, gzip"),
    "two codings": put(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
    "the same length twice": put(b"Content-Length: 5", b"Content-Length: 5", body=b"hello"),
    "a header continued on the next line": put(b"a: b\r\n c"),
    "a coding behind a vertical tab": put(b"Transfer-Encoding: \x0bchunked"),
    "a null byte": put(b"a: b\0c"),
    "a bare CR": put(b"a: b\rc: d"),
    "space before the first header": LINE + b" " + HOST + b"\r\n",
    "no version": b"GET /\r\n" + HOST + b"\r\n",
    "HTTP/2": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version in small letters": b"GET / http/1.1\r\n" + HOST + b"\r\n",
    "a tab": b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method that is no token": b"GE(T / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target with a space": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target that is no path": b"GET a HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target with a fragment": b"GET /a#b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target of raw bytes": b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "nonsense": b"nonsense\r\n\r\n",
}
OTHER_REFUSALS = {
    "a length over S3's": (413, put(b"Content-Length: 99999999999")),
    "more headers than anybody sends": (431, put(*([b"a: b"] * 300))),
    "a header without an end": (431, LINE + b"a: " + b"b" * 70_000),
    "a line without an end": (431, b"GET /" + b"b" * 70_000),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_http_is_refused_before_anything_is_done_and_the_connection_closed(echo, data):
    before = len(echo.requests)
    follower = b"DELETE /bucket HTTP/1.1\r\n" + HOST + b"\r\n"
    answer = echo.send(data + follower, half_close=False)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert len(re.findall(rb"HTTP/1.1 \d", answer)) == 1
    assert b"Connection: close" in answer
    assert len(echo.requests) == before


@pytest.mark.parametrize(("status", "data"), OTHER_REFUSALS.values(), ids=OTHER_REFUSALS)
def test_what_is_too_large_has_the_status_of_its_rfc(echo, status, data):
    assert echo.send(data, half_close=False).startswith(b"HTTP/1.1 %d " % status)


ACCEPTED = {
    "a length": (put(b"Content-Length: 5", CLOSE.strip(), body=b"hello"), b"hello"),
    "chunks": (chunked(b"2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"), b"hello"),
    "chunks in capital letters": (
        put(b"Transfer-Encoding: CHUNKED", body=b"A\r\n0123456789\r\n0\r\n\r\n"),
        b"0123456789",
    ),
    "an empty line before": (b"\r\n" + put(b"Content-Length: 2", body=b"hi"), b"hi"),
    "two spaces": (b"PUT  /  HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    "an empty header": (put(b"a:", b"Content-Length: 2", body=b"hi"), b"hi"),
    "a whole URL": (
        b"PUT http://127.0.0.1/b/k?x HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nhi",
        b"hi",
    ),
    "an IPv6 host": (LINE + b"Host: [::1]:80\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
    "HTTP/1.0": (b"PUT / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
}


@pytest.mark.parametrize(("data", "body"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_the_rfc_allows_is_served(echo, data, body):
    head, _, got = echo.send(data).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert got == body


@pytest.mark.parametrize(
    "data", [b"", put(b"Content-Length: 9", body=b"short"), chunked(b"9\r\nshort")]
)
def test_a_body_that_ends_too_early_is_no_request(echo, data):
    before = len(echo.requests)
    assert b"200 OK" not in echo.send(data)
    assert len(echo.requests) == before


def test_requests_sent_at_once_are_answered_in_order(echo):
    data = b"".join(put(b"Content-Length: 1", body=b"%d" % number) for number in range(5))
    bodies = [part[-1:] for part in echo.send(data).split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [b"0", b"1", b"2", b"3", b"4"]


VALID = [
    put(b"Content-Length: 5", b"X-Amz-Date: 20261127T000000Z", body=b"hello"),
    chunked(b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
    b"GET http://localhost:80/a%20b?x=1&y HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n\r\n",
]
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from(
            [b"", b"\0", b"\r", b"\n", b"\r\n", b" ", b":", b"\xff", b"-", b"0x", b"9" * 30]
        ),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=300)
@given(st.sampled_from(VALID), EDITS)
def test_a_spoilt_request_is_answered_by_http_and_ends_no_thread(echo, valid, edits):
    data = valid
    for place, inserted, removed in edits:
        at = int(place * len(data))
        data = data[:at] + inserted + data[at + removed :]
    answer = echo.send(data)
    assert answer == b"" or answer[:13] in {
        *(b"HTTP/1.1 %d " % status for status in (100, 200, 400, 413, 431)),
    }
    assert b"HTTP/1.1 500" not in answer
