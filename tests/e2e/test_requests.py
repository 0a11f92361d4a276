"""What a file asks of AWS is what the estimate of its cost counts, and the dashboard's."""

import json
import uuid
from collections import Counter
from types import SimpleNamespace

import pytest

from functions import count_records, validate_file
from functions.aws import s3
from functions.core.reporting import cost
from tests.builders.lambda_context import LambdaContext

READS = ("GetObject", "HeadObject")
A_BATCH = 1
"""SummarizeBatch reads each record once: test_a_batch_reads_its_records_the_quick_way."""


def a_file_more(what):
    """By how much a line of the estimate grows with a file more, a multiple of a batch away."""
    lines = [
        {each.what: each.quantity for each in cost.lines(files, 0, 0)}
        for files in (cost.BATCH - 1, cost.BATCH)
    ]
    return lines[1][what] - lines[0][what]


@pytest.fixture
def asked(monkeypatch, world):
    """S3's operations that handlers called here ask of the endpoint, with how often."""
    found = Counter()
    monkeypatch.setenv("AWS_ENDPOINT_URL", world.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "local")
    s3.client.cache_clear()
    events = s3.client().meta.events
    events.register(
        "before-send.s3", lambda event_name, **_: found.update([event_name.split(".")[-1]])
    )
    environment = SimpleNamespace(reports_bucket=world.reports, large_file_bytes=4 << 30)
    for module in (validate_file, count_records):
        monkeypatch.setattr(module, "environment", lambda: environment)
    monkeypatch.setattr(count_records, "counted", lambda *_: None)
    yield found
    s3.client.cache_clear()


def test_a_file_asks_for_what_the_estimate_counts(world, asked):
    key = f"requests/{uuid.uuid4()}.csv"
    version = world.upload(key, b"id,name\n" + b"1,somebody\n" * 90_000)
    execution = world.ended(key, version)
    history = world.history(execution["executionArn"])
    entered = world.entered(execution["executionArn"])
    assert len(entered) == a_file_more("state transitions")
    functions = [
        json.loads(event["taskScheduledEventDetails"]["parameters"]).get("FunctionName")
        for event in history
        if event["type"] == "TaskScheduled"
    ]
    assert len([name for name in functions if name]) == a_file_more("Lambda requests")
    uploaded, stored = 1, functions.count(None)
    assert uploaded + stored == round(a_file_more("S3 PUT and LIST requests"))

    (record,) = world.records_of(key)
    world.client("s3").delete_object(Bucket=world.reports, Key=record)
    given = {"arn": "arn", "started_at": "2026-11-22T00:00:00Z"}
    event = json.loads(execution["input"])
    valid = validate_file.handler.__wrapped__({"input": event, "execution": given}, LambdaContext())
    answer = count_records.handler.__wrapped__(
        {"input": valid, "execution": given}, LambdaContext()
    )
    assert answer["record"]["records"] == 90_000
    assert set(asked) <= set(READS)
    assert asked.total() + A_BATCH == a_file_more("S3 GET and HEAD requests")
