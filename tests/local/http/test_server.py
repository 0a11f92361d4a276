"""The server speaks HTTP/1.1 as SDKs do, and survives what they do not."""

import re
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from local.http.server import HttpServer
from tests.builders.endpoint import SIGNED


@pytest.fixture
def raw(endpoint):
    """Sends bytes on a new connection and answers all that comes back until it is closed."""
    place = urlsplit(endpoint)

    def send(data):
        with socket.create_connection((place.hostname, place.port), timeout=20) as made:
            made.sendall(data)
            made.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: made.recv(65536), b""))

    return send


def test_one_connection_serves_many_requests(connection, bucket):
    for number in range(5):
        connection.request("PUT", f"/{bucket}/{number}", b"x", {"Authorization": SIGNED})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        connection.request("GET", f"/{bucket}/{number}", headers={"Authorization": SIGNED})
        assert connection.getresponse().read() == b"x"


def test_a_chunked_body_is_put_together(connection, s3, bucket):
    headers = {"Authorization": SIGNED, "Transfer-Encoding": "chunked"}
    pieces = [b"one,", b"two,", b"three"]
    connection.request("PUT", f"/{bucket}/c.csv", iter(pieces), headers, encode_chunked=True)
    assert connection.getresponse().read() == b""
    assert s3.get_object(Bucket=bucket, Key="c.csv")["Body"].read() == b"one,two,three"


def test_a_client_that_waits_to_be_told_to_continue_is_told(endpoint, bucket):
    place = urlsplit(endpoint)
    head = (
        f"PUT /{bucket}/e.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {SIGNED}\r\n"
        "Content-Length: 1\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=20) as made:
        made.sendall(head.encode())
        assert made.recv(65536).startswith(b"HTTP/1.1 100 ")
        made.sendall(b"x")
        assert made.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_goes_away_in_the_middle_disturbs_nobody(raw, s3, bucket):
    head = (
        f"PUT /{bucket}/cut.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {SIGNED}\r\n"
        "Content-Length: 99\r\n\r\n"
    )
    assert raw(head.encode() + b"only this").startswith(b"HTTP/1.1 400 ")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_head_says_the_length_of_what_it_does_not_send(connection, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x" * 1000)
    connection.request("HEAD", f"/{bucket}/a", headers={"Authorization": SIGNED})
    answer = connection.getresponse()
    assert (answer.getheader("Content-Length"), answer.read()) == ("1000", b"")


def serve(*words):
    command = (sys.executable, "-m", "local.endpoint", *words)
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_port_in_use_is_one_clear_line(endpoint):
    port = urlsplit(endpoint).port
    with serve("--port", str(port)) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert err == f"tally: port {port} is in use\n"


def test_a_port_that_cannot_be_is_one_clear_line():
    with serve("--port", "99999") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert re.fullmatch(r"tally: port 99999 cannot be used: .+\n", err)


def test_it_can_be_stopped_by_a_signal_and_by_the_end_of_its_parent():
    server = HttpServer(0)
    server.stop()
    server.run(lambda _: None)
    server.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number):
    with serve("--port", "0") as process:
        assert process.stdout.readline().startswith("listening on http://127.0.0.1:")
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


def test_it_ends_with_the_process_that_started_it_if_asked_to():
    with serve("--port", "0", "--exit-with-parent") as process:
        assert process.stdout.readline().startswith("listening on ")
        process.stdin.close()
        assert process.wait(timeout=20) == 0
