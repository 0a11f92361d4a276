"""What other users of the machine can do to the console by connecting and sending little."""

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from ops.console import connections
from ops.console.pages import executions
from ops.console.server import REQUESTS, serving
from ops.console.views.execution_pages import ExecutionPage
from ops.console.web import security
from tests.builders.console_pages import browser_at, cookie_of
from tests.builders.recorded_deployment import recorded

HEAD = "{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
PATIENCE = 30


@pytest.fixture
def address():
    with serving(recorded([])) as url:
        yield url


def connected(address, sent=b""):
    parts = urlsplit(address)
    made = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    made.sendall(sent)
    return made


def head(address, method="GET", path="/executions"):
    return HEAD.format(method=method, path=path, host=urlsplit(address).netloc).encode()


def ends_while_it_trickles(made):
    """Whether the console ends a connection that sends a byte at a time."""
    begun = time.monotonic()
    try:
        while time.monotonic() - begun < PATIENCE:
            made.sendall(b"G")
            time.sleep(0.05)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: 127"], ids=len)
def test_half_sent_requests_keep_nobody_out(address, sent):
    with ExitStack() as stack:
        for _ in range(REQUESTS * 2):
            stack.enter_context(connected(address, sent))
        assert browser_at(address).get("/executions").status_code == 200


def test_a_flood_of_refused_bodies_keeps_nobody_out(address):
    half = head(address, "POST", "/execution/stop") + b"Content-Length: 1000\r\n\r\nx"
    with ExitStack() as stack:
        for _ in range(REQUESTS * 2):
            stack.enter_context(connected(address, half))
        assert browser_at(address).get("/executions").status_code == 200


def test_a_head_that_trickles_in_has_a_deadline(monkeypatch, address):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with connected(address) as made:
        assert ends_while_it_trickles(made)


def test_the_second_head_of_a_connection_has_a_deadline_too(monkeypatch, address):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    whole = head(address) + f"Cookie: {cookie_of(address)}\r\n\r\n".encode()
    with connected(address, whole) as made:
        assert made.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert ends_while_it_trickles(made)


def test_an_answer_that_takes_longer_than_a_head_may_is_still_given(monkeypatch, address):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(executions, "page_of", slow_page)
    whole = head(address) + f"Cookie: {cookie_of(address)}\r\n\r\n".encode()
    with connected(address, whole) as made:
        assert made.recv(65536).startswith(b"HTTP/1.1 200 ")


def slow_page(*_):
    time.sleep(1)
    return ExecutionPage([], None)


def test_a_form_that_does_not_come_is_given_up(monkeypatch, address):
    monkeypatch.setattr(security, "FORM_SECONDS", 0.3)
    origin = f"Origin: http://{urlsplit(address).netloc}\r\n"
    kind = f"Content-Type: {security.FORM}\r\nContent-Length: 10\r\n"
    given = f"{origin}{kind}Cookie: {cookie_of(address)}\r\n\r\nx"
    with connected(address, head(address, "POST", "/execution/stop") + given.encode()) as made:
        assert made.recv(65536).startswith(b"HTTP/1.1 408 ")
