"""What a file asks of AWS is what the estimate of its cost counts, and the dashboard's."""

import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from functions import count_records, validate_file
from functions.aws import s3, stepfunctions
from functions.aws.reports_bucket import Reports
from functions.core import keys
from functions.core.reporting import cost, plan_report
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


A_PAGE = 1000
"""Keys in an answer of ListObjectsV2, at most."""
A_REQUEST = 0.1
"""Seconds, at most: 100 to 200 ms is what S3's guide says of a small object's first byte."""
SIDE_BY_SIDE = 32
FAR = "2024-03-20"
"""No other test makes reports near this day, which would read those that are put here."""


def test_a_night_asks_for_as_much_whatever_the_number_of_records(world, asked):
    """14 days before are open, and a day has more records than a listing has on a page."""
    day = plan_report.Day(FAR, asked_for=False)
    client = s3.client()
    put = partial(client.put_object, Bucket=world.reports)
    for days in range(1, 15):
        date = day.before(days)
        failed = [{"key": f"{n}.csv", "version_id": "v"} for n in range(plan_report.LOOKED_FOR)]
        report = {
            "totals": {"failed": len(failed), "in_flight": 0},
            "open_executions": len(failed),
            "settled": True,
            "generated_at": f"{day.before(days - 1)}T00:00:00.5Z",
            "failures": failed,
        }
        put(Key=keys.report_key(date, "json"), Body=json.dumps(report))
    with ThreadPoolExecutor(8) as pool:
        for number in range(A_PAGE + 1):
            pool.submit(put, Key=keys.record_key(day.before(3), f"old/{number}", "v"), Body=b"{}")
    put(Key=keys.late_key(day.before(5), day.end - timedelta(hours=2)), Body=b"")
    put(Key=keys.record_key(day.before(7), "99.csv", "v"), Body=b"{}")
    executions = stepfunctions.Executions(
        world.outputs["ProcessFileMachineArn"], world.client("stepfunctions")
    )
    asked.clear()
    plan = plan_report.plan(
        day,
        day.end + timedelta(minutes=6),
        rounds=1,
        executions=executions,
        reports=Reports(world.reports, client),
    )
    assert plan["late_days"] == [day.before(7), day.before(5)]
    assert asked["ListObjectsV2"] == 15
    assert asked["GetObject"] == 14
    looked_for = len(keys.record_keys(day.date, "a.csv", "v")) * plan_report.LOOKED_FOR
    assert asked["HeadObject"] <= 13 * looked_for
    in_a_row = asked["ListObjectsV2"] + asked["GetObject"] + 14 * looked_for / SIDE_BY_SIDE
    assert in_a_row * A_REQUEST < 30
