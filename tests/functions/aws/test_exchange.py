"""Only a complete answer of 200 is taken, and a connection is used again if it still can be."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from functions.aws.exchange import LONGEST_HEAD, Host

REQUEST = b"GET /key HTTP/1.1\r\nhost: here\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


def certificate_of(folder, name):
    """A file with a key and the certificate, signed by itself, of a host of that name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    written = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(key.private_bytes(*written) + made.public_bytes(Encoding.PEM))
    return file


@contextmanager
def server(*connections, certificate=None):
    """A host that answers with these pieces: for each connection, for each request."""
    asked = []

    def accepted(listener):
        connection = listener.accept()[0]
        if certificate is None:
            return connection
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return context.wrap_socket(connection, server_side=True)

    def serve(listener):
        for answers in connections:
            with suppress(ssl.SSLError, ConnectionError), accepted(listener) as connection:
                for pieces in answers:
                    asked.append(connection.recv(65536))
                    for piece in pieces:
                        connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        place = f"localhost:{listener.getsockname()[1]}"
        yield Host(urlsplit(f"http{'s' if certificate else ''}://{place}")), asked
        thread.join()


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD + b"whole",),
        (HEAD, b"who", b"le"),
        (HEAD[:-3], HEAD[-3:] + b"whole"),
        (b"HTTP/1.1 200 OK\r\nx: 1\r\ncOnTeNt-LeNgTh:5 \r\ny: 2\r\n\r\nwhole",),
    ],
)
def test_a_complete_answer_is_taken_however_it_comes(pieces):
    with server([pieces]) as (host, asked):
        assert host.body(REQUEST) == b"whole"
    assert asked == [REQUEST]


def test_an_empty_object_is_an_answer():
    with server([(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",)]) as (host, _):
        assert host.body(REQUEST) == b""


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"half",
        HEAD + b"too much",
        HEAD[:20],
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nwhole",
        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 2 * LONGEST_HEAD,
    ],
)
def test_any_other_answer_is_left_to_the_caller(answer):
    with server([(answer,)]) as (host, _):
        assert host.body(REQUEST) is None


def test_a_connection_is_kept_for_the_next_request():
    with server([(HEAD + b"first",), (HEAD + b"again",)]) as (host, asked):
        assert host.body(REQUEST) == b"first"
        assert host.body(REQUEST) == b"again"
    assert len(asked) == 2


def test_a_connection_that_was_closed_meanwhile_is_replaced_by_a_new_one():
    with server([(HEAD + b"first",)], [(HEAD + b"again",)]) as (host, _):
        assert host.body(REQUEST) == b"first"
        assert host.body(REQUEST) == b"again"


def test_a_connection_is_not_used_again_after_an_answer_that_was_left():
    with server([(HEAD + b"too much",)], [(HEAD + b"whole",)]) as (host, _):
        assert host.body(REQUEST) is None
        assert host.body(REQUEST) == b"whole"


@pytest.mark.parametrize("name", ["localhost", "elsewhere"])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_host_has_to_prove_its_name_over_tls(tmp_path, monkeypatch, name, trusted):
    certificate = certificate_of(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with server([(HEAD + b"whole",)], certificate=certificate) as (host, _):
        body = host.body(REQUEST)
    assert body == (b"whole" if trusted and name == "localhost" else None)


def test_a_host_where_nobody_listens_is_left_to_the_caller():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert Host(urlsplit(f"http://127.0.0.1:{port}")).body(REQUEST) is None
