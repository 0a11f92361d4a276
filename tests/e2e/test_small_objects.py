"""Records are read by obstore; what it cannot settle is left to the SDK."""

import json
import socket
import uuid
from types import SimpleNamespace

import pytest

from functions import summarize_batch
from functions.aws import s3, small_objects
from functions.aws.reports_bucket import Reports

PLAIN = [
    "a b+c&d=e?f#g.json",
    "100%25",
    "~'()*!@:,;$[]|",
    '\\{}^`<>"',
    "\N{GRINNING FACE}é\N{NO-BREAK SPACE}",
    "..a",
    " ",
]
LEFT = ["x/../y/./z//w", "a\tb", "\x01"]
"""What obstore would change or refuse."""


@pytest.fixture
def credentials(monkeypatch):
    """An environment as a function's; nothing of another test is kept."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    kept = (s3.client, small_objects.reader)
    for each in kept:
        each.cache_clear()
    yield monkeypatch
    for each in kept:
        each.cache_clear()


def nowhere():
    """A URL at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://some-bucket.s3.eu-west-1.amazonaws.com"),
        (
            {"AWS_DEFAULT_REGION": "cn-north-1"},
            "https://some-bucket.s3.cn-north-1.amazonaws.com.cn",
        ),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9/some-bucket"),
    ],
)
def test_a_bucket_is_read_where_the_sdk_would_read_it(credentials, settings, url):
    for name, value in settings.items():
        credentials.setenv(name, value)
    stores = []
    credentials.setattr(
        small_objects, "S3Store", lambda *given, **options: stores.append((given, options))
    )
    small_objects.reader("some-bucket")
    ((given, options),) = stores
    assert given == ("some-bucket",)
    assert (options["endpoint"], options["virtual_hosted_style_request"]) == (url, True)


def test_a_small_object_is_read_whole_or_left_to_the_sdk_under_any_name(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    names = [*PLAIN, *LEFT]
    for number, key in enumerate(names):
        s3.client().put_object(Bucket=world.reports, Key=f"odd/{key}", Body=b"%d" % number)
    read = small_objects.reader(world.reports)
    assert [read(f"odd/{key}") for key in PLAIN] == [b"%d" % each for each in range(len(PLAIN))]
    assert {key: read(f"odd/{key}") for key in LEFT} == dict.fromkeys(LEFT)


def test_a_key_is_never_read_as_another_that_differs_by_a_slash(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    s3.client().put_object(Bucket=world.reports, Key="odd/other", Body=b"another object")
    read = small_objects.reader(world.reports)
    for key in ("/odd/other", "odd/other/", "odd//other", "odd/./other", "odd/x/../other"):
        assert read(key) is None


def test_what_is_not_there_is_left_to_the_sdk(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    assert small_objects.reader(world.reports)("odd/never written") is None


def test_a_host_that_does_not_answer_is_left_to_the_sdk(credentials):
    credentials.setenv("AWS_ENDPOINT_URL", nowhere())
    assert small_objects.reader("some-bucket")("key") is None


def test_a_batch_reads_its_records_the_quick_way(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    key = f"odd/{uuid.uuid4()}.csv"
    version = world.upload(key, b"id\n1\n2\n")
    assert world.ended(key, version)["status"] == "SUCCEEDED"
    (place,) = world.records_of(key)
    asked = []

    def reader(bucket):
        assert bucket == world.reports
        return lambda name: asked.append(name) or json.dumps(world.record(name)).encode()

    credentials.setattr(small_objects, "reader", reader)
    reports = SimpleNamespace(reports_bucket=world.reports)
    credentials.setattr(summarize_batch, "environment", lambda: reports)
    date = place.split("/")[1].removeprefix("date=")
    event = {"input": {"Items": [{"Key": place}], "BatchInput": {"date": date}}}
    summary = summarize_batch.handler.__wrapped__(event, None)
    assert (summary["processed"][:2], asked) == ([1, 2], [place])


def test_records_come_the_quick_way_and_by_the_sdk_where_that_has_none(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    s3.client().put_object(Bucket=world.reports, Key="odd/slow", Body=b'{"by": "the SDK"}')
    quick = {"odd/quick": json.dumps({"by": "obstore"}).encode()}.get
    found = Reports(world.reports, s3.client(), quick).records(["odd/quick", "odd/slow"])
    assert [each["by"] for each in found] == ["obstore", "the SDK"]
