"""Pages of other sites cannot use the endpoint, and all that SDKs send is answered."""

import pytest
import urllib3

EVIL = "http://evil.example"
FORGED = "X-Amz-Credential=local/20261127/us-east-1/{}/aws4_request"
"""The key is no secret, and no signature is verified."""


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
@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://localhost.evil.example", "file://", "http://[::1"]
)
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


LINK = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
PART = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}
FRAME = LINK | {"Sec_Fetch_Dest": "iframe"}
OLD_BROWSER = {"Referer": f"{EVIL}/page"}


@pytest.fixture
def linked(s3, bucket):
    """The path of an object."""
    s3.put_object(Bucket=bucket, Key="a report.html", Body=b"x")
    return f"/{bucket}/a%20report.html"


@pytest.mark.parametrize("link", [LINK, OLD_BROWSER])
def test_a_link_leads_to_an_object_by_a_signed_url_and_nowhere_else(endpoint, s3, linked, link):
    bucket = linked.split("/")[1]
    version = s3.head_object(Bucket=bucket, Key="a report.html")["VersionId"]
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "a report.html", "VersionId": version}
    )
    assert asked(endpoint, "GET", url.removeprefix(endpoint), None, **link).data == b"x"
    for path in (
        *("/", f"/{bucket}", f"/{bucket}/", f"/{bucket}?versions", f"{linked}?tagging"),
        *("/_tally/clock", "/_tally/requests"),
        "/?Action=DeleteStack&StackName=a",
        f"/?Action=DeleteStack&StackName=a&{FORGED.format('cloudformation')}",
        f"/{bucket}/x?Action=DeleteQueue&{FORGED.format('sqs')}",
    ):
        assert asked(endpoint, "GET", path, None, **link).status == 403


@pytest.mark.parametrize(
    "part", [PART, FRAME, {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors"}]
)
def test_a_part_of_another_sites_page_is_refused(endpoint, linked, part):
    assert asked(endpoint, "GET", linked, None, **part).status == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/new-bucket"),
        ("PUT", "/{bucket}/a.csv"),
        ("DELETE", "/{bucket}/a%20report.html"),
        ("POST", "/{bucket}?delete"),
        ("POST", "/?Action=DeleteStack&StackName=a"),
        ("GET", "/?Action=DeleteStack&StackName=a"),
        ("POST", "/moto-api/reset"),
    ],
)
def test_a_change_that_nobody_signed_is_refused(endpoint, s3, linked, method, path):
    bucket = linked.split("/")[1]
    answer = asked(endpoint, method, path.format(bucket=bucket), b"")
    assert answer.status == 403
    assert b"AccessDenied" in answer.data
    assert b"--aws-sigv4" in answer.data
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_a_private_object_is_not_read_without_a_signature_as_on_aws(endpoint, linked):
    assert asked(endpoint, "GET", linked, None).status == 403
    assert asked(endpoint, "HEAD", linked, None).status == 403


def test_a_presigned_url_of_either_version_reads_and_writes(endpoint, served, bucket):
    for version in ("s3", "s3v4"):
        s3 = served.client("s3", signature_version=version)
        target = {"Bucket": bucket, "Key": f"{version}.csv"}
        for call, method, body in (("put_object", "PUT", b"a"), ("get_object", "GET", None)):
            url = s3.generate_presigned_url(call, Params=target)
            assert urllib3.request(method, url, body=body).status == 200
        assert s3.get_object(**target)["Body"].read() == b"a"


def test_a_form_with_a_signed_policy_uploads(endpoint, served, bucket):
    s3 = served.client("s3", signature_version="s3v4")
    post = s3.generate_presigned_post(bucket, "form.csv")
    fields = {**post["fields"], "file": ("form.csv", b"a,b")}
    answer = urllib3.request("POST", post["url"], fields=fields)
    assert answer.status in {200, 201, 204}
    assert s3.get_object(Bucket=bucket, Key="form.csv")["Body"].read() == b"a,b"


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
