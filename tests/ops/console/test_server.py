"""The console as it is served: what comes over a socket and is not what a browser sends."""

import json
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import psutil
import pytest

from ops.console.server import serving
from ops.console.web.security import FORM, FORM_BYTES
from tests.builders.console_pages import PRINTED, browser_at, cookie_of
from tests.builders.processes import pointed_at, started
from tests.builders.recorded_deployment import recorded


@pytest.fixture(scope="module")
def asked():
    return []


@pytest.fixture(scope="module")
def address(asked):
    with serving(recorded(asked)) as url:
        yield url


@pytest.fixture(scope="module")
def place(address):
    return urlsplit(address)


@pytest.fixture
def send(place):
    """Sends bytes on a connection of its own; all that comes back, as text."""

    def sent(*data):
        back = b""
        with socket.create_connection((place.hostname, place.port), timeout=20) as made:
            try:
                for each in data:
                    made.sendall(each)
                while more := made.recv(65536):
                    back += more
            except ConnectionError:
                pass  # it would not even read all of it
        return back.decode("latin-1")

    return sent


@pytest.fixture
def page(send, place, address):
    """Asks for a page by a request line and headers of one's own."""

    def asked_for(target="/executions", *headers, host=None, method="GET", body=b"", cookie=None):
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host or place.netloc}", *headers]
        lines.append(f"Cookie: {cookie or cookie_of(address)}")
        return send("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"), body)

    return asked_for


@pytest.fixture(autouse=True)
def still_served(page):
    """Whatever came: the next request is answered."""
    yield
    assert page().startswith("HTTP/1.1 200 ")


def test_the_console_listens_on_loopback_alone(place):
    listening = [
        each.laddr.ip
        for each in psutil.Process().net_connections("inet")
        if each.status == psutil.CONN_LISTEN and each.laddr.port == place.port
    ]
    assert listening == ["127.0.0.1"]


@pytest.mark.parametrize(
    "headers",
    [
        ["X-Long: " + "x" * 1_000_000],
        [f"X-{number}: {'x' * 100}" for number in range(10_000)],
        ["Cookie: " + "a=b; " * 50_000],
    ],
    ids=["a long header", "many headers", "cookies"],
)
def test_headers_without_end_are_refused(page, headers):
    assert not page("/executions", *headers).startswith("HTTP/1.1 2")


def test_a_request_line_without_end_is_refused(send):
    answer = send(b"GET /" + b"x" * 1_000_000)
    assert answer == "" or answer.startswith("HTTP/1.1 4")


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"POST /execution/stop HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /execution/stop HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /executions HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        b"GET /executions HTTP/1.1\r\n\r\n",
    ],
    ids=["nonsense", "two lengths", "a negative length", "a space in a name", "no host"],
)
def test_what_is_no_request_is_refused(send, data):
    assert re.match(r"HTTP/1\.1 4\d\d ", send(data))


def test_another_host_is_refused_however_it_is_named(page, place, asked):
    asked.clear()
    assert page(host=f"evil.example:{place.port}").startswith("HTTP/1.1 421 ")
    assert page("http://evil.example/executions", host="evil.example").startswith("HTTP/1.1 421 ")
    assert page("/executions", "Host: evil.example").startswith("HTTP/1.1 4")
    forwarded = page("/executions", "X-Forwarded-Host: evil.example", host="evil.example")
    assert forwarded.startswith("HTTP/1.1 421 ")
    assert asked == []


@pytest.mark.parametrize(
    "target",
    [
        "/execution?arn=%0d%0aSet-Cookie:%20x=1",
        "/executions?key=%0d%0aSet-Cookie:%20x=1",
        "/reports/2026-01-01%0d%0aSet-Cookie:%20x=1/report.csv",
        "/static/%0d%0aSet-Cookie:%20x=1",
        "/%0d%0aSet-Cookie:%20x=1",
    ],
)
def test_a_line_break_in_an_address_adds_no_header_to_the_answer(page, target):
    head = page(target).partition("\r\n\r\n")[0]
    assert head.startswith("HTTP/1.1 ")
    assert "\nset-cookie" not in head.lower()


def test_a_form_that_does_not_say_how_long_it_is_is_read_to_the_limit_only(page, place, asked):
    asked.clear()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    origin = f"Origin: http://{place.netloc}"
    kind, chunked = f"Content-Type: {FORM}", "Transfer-Encoding: chunked"
    answer = page(
        "/execution/stop", origin, kind, chunked, method="POST", body=chunk * 200 + b"0\r\n\r\n"
    )
    assert FORM_BYTES <= 0x10000
    assert answer == "" or answer.startswith("HTTP/1.1 413 ")
    assert asked == []


SECONDS = 60


def test_the_console_says_where_it_is_and_ends_with_ctrl_c(deployment):
    url = deployment.clients.states.meta.endpoint_url
    with started("console", "--port", "0", **pointed_at(url)) as process:
        address = PRINTED.search(process.stdout.readline())[1]
        assert "event-driven-pipeline-dev" in browser_at(address).get("/executions").text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


def test_a_console_without_a_deployment_says_so_in_one_line(deployment):
    url = deployment.clients.states.meta.endpoint_url
    with started("--project", "other", "console", **pointed_at(url)) as process:
        _, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 3
        assert re.fullmatch(r"tally: no stack other-dev-storage .*\n", said)


def test_a_port_that_is_taken_is_one_line(deployment):
    url = deployment.clients.states.meta.endpoint_url
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("console", "--port", port, **pointed_at(url)) as process:
            _, said = process.communicate(timeout=SECONDS)
            assert process.returncode == 2
            assert re.fullmatch(rf"tally: port {port} cannot be had: .*\n", said)


def test_ctrl_c_at_any_moment_of_the_start_ends_the_console():
    command = [sys.executable, "-m", "tests.builders.interrupted_console", "4", "16"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200)
    found = json.loads(done.stdout)
    assert len(found) == 20
    for each in found:
        assert each["code"] in ({0} if each["printed"] else {0, 130}), each
        assert "Traceback" not in each["output"], each


def test_ctrl_c_ends_a_console_whose_thread_waits_for_an_answer_of_aws():
    command = [sys.executable, "-m", "tests.builders.stuck_console"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        opened = PRINTED.search(process.stdout.readline())[1]
        address = urlsplit(opened)
        with socket.create_connection((address.hostname, address.port)) as made:
            head = (
                f"GET /executions HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie_of(opened)}"
            )
            made.sendall(f"{head}\r\n\r\n".encode())
            assert process.stdout.readline() == "waiting\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
            assert process.stderr.read() == ""
