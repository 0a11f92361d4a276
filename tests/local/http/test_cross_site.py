"""Pages of other sites cannot use the endpoint, and all that SDKs send is answered."""

import pytest
import urllib3

EVIL = "http://evil.example"


def asked(endpoint, method="POST", path="/_tally/clock", body=b'{"now": null}', **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib3.request(method, f"{endpoint}{path}", body=body, headers=given, retries=False)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_tally/clock", b'{"now": "2030-01-01T00:00:00Z"}'),
        ("/_tally/run", b'{"name": "anything"}'),
        ("/moto-api/reset", b""),
        ("/bucket", b"key=a.csv&file=x"),
    ],
)
@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost.evil.example", "file://"])
def test_a_request_of_another_sites_page_is_refused(endpoint, path, body, origin):
    before = asked(endpoint, "GET", body=None).json()["now"]
    assert asked(endpoint, path=path, body=body, Origin=origin).status == 403
    preflight = asked(endpoint, "OPTIONS", path, Origin=origin)
    assert preflight.status == 403
    assert "access-control-allow-origin" not in preflight.headers
    assert asked(endpoint, "GET", body=None).json()["now"][:13] == before[:13]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_name_that_was_rebound_to_this_machine_is_refused(endpoint, host):
    assert asked(endpoint, Host=host).status == 421


def test_a_part_of_another_sites_page_is_refused_and_a_link_to_here_is_not(endpoint):
    part = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}
    assert asked(endpoint, "GET", body=None, **part).status == 403
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert asked(endpoint, "GET", body=None, **link).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "bucket.s3.localhost:4566",
        "[::1]:80",
        "s3.us-east-1.amazonaws.com",
        "LOCALHOST",
    ],
)
def test_hosts_of_this_machine_and_of_aws_are_answered(endpoint, host):
    assert asked(endpoint, Host=host).status == 200


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8080"])
def test_a_page_of_this_machine_may_ask(endpoint, origin):
    assert asked(endpoint, Origin=origin).status == 200
