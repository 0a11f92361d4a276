"""Records are read by plain signed GETs; what such a one cannot settle is left to the SDK."""

import json
import socket
import uuid
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from functions import summarize_batch
from functions.aws import s3, small_objects
from functions.aws.reports_bucket import Reports

ODD = [
    "a b+c&d=e?f#g.json",
    "x/../y/./z//w",
    "100%25",
    "~'()*!@:,;$[]|",
    "\N{GRINNING FACE}é",
    "a\tb",
]


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


class Sent:
    """Stands for a host; keeps what is asked of it."""

    def __init__(self):
        self.urls, self.requests = [], []

    def __call__(self, url):
        self.urls.append(url)
        return self

    def body(self, request):
        self.requests.append(request.decode())
        return b""


def test_the_host_and_path_of_an_object_are_those_that_the_sdk_asks(credentials):
    sent, asked = Sent(), []

    def refuse(request, **_):
        asked.append(urlsplit(request.url))
        raise InterruptedError

    credentials.setattr(small_objects, "Host", sent)
    s3.client().meta.events.register("before-send.s3.GetObject", refuse)
    for key in ODD:
        small_objects.reader("some-bucket")(key)
        with pytest.raises(InterruptedError):
            s3.client().get_object(Bucket="some-bucket", Key=key)
    assert [(each.scheme, each.netloc) for each in sent.urls] == [asked[0][:2]]
    assert "eu-west-1" in sent.urls[0].netloc
    lines = [each.split("\r\n") for each in sent.requests]
    assert [each[0] for each in lines] == [f"GET {each.path} HTTP/1.1" for each in asked]
    assert all(f"host: {asked[0].netloc}" in each for each in lines)


def test_a_small_object_is_read_whole_under_any_name(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    for number, key in enumerate(ODD):
        s3.client().put_object(Bucket=world.reports, Key=f"odd/{key}", Body=b"%d" % number)
    read = small_objects.reader(world.reports)
    assert [read(f"odd/{key}") for key in ODD] == [b"%d" % each for each in range(len(ODD))]


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
    event = {"input": {"Items": [{"Key": place}]}}
    summary = summarize_batch.handler.__wrapped__(event, None)
    assert (summary["processed"][:2], asked) == ([1, 2], [place])


def test_records_come_the_quick_way_and_by_the_sdk_where_that_has_none(credentials, world):
    credentials.setenv("AWS_ENDPOINT_URL", world.url)
    s3.client().put_object(Bucket=world.reports, Key="odd/slow", Body=b'{"by": "the SDK"}')
    quick = {"odd/quick": json.dumps({"by": "a plain GET"}).encode()}.get
    found = Reports(world.reports, s3.client(), quick).records(["odd/quick", "odd/slow"])
    assert [each["by"] for each in found] == ["a plain GET", "the SDK"]
