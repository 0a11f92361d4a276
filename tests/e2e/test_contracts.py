"""A contract from its file to the rejection and to the report, on a deployed pipeline."""

import json

import pytest
import urllib3

from functions.aws.reports_bucket import Reports
from functions.core.keys import record_key
from local.deploy import deploy
from local.deploy.session import endpoint
from tests.builders.contracted import assembly_with

CONTRACT = {
    "name": "sales",
    "path": "sales/",
    "schema": {"fields": [{"name": "id"}, {"name": "amount"}]},
    "tally": {
        "records": {"min": 1},
        "raggedRows": "reject",
        "expected": {"every": "day", "since": "2026-01-01"},
    },
}
NEVER = {
    "name": "stock",
    "path": "stock/",
    "tally": {"expected": {"every": "day", "since": "2026-01-01"}},
}

RULED = {
    "name": "ruled",
    "path": "ruled/",
    "schema": {
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
            {"name": "amount", "type": "number", "constraints": {"minimum": 0}},
        ]
    },
    "tally": {"formats": ["csv", "jsonl"], "rules": {"amount.minimum": {"rows": 1}}},
}
HIDDEN = ("hidden-value", "-770.25", "4711000")
IN_BREACH = b"id,amount\n1,hidden-value\n4711000,-770.25\n4711000,-770.25\n"


DELIVERY = {
    "name": "orders",
    "path": "orders/",
    "schema": {"fields": [{"name": "id"}]},
    "tally": {"delivery": {"manifest": "*/manifest.json"}},
}


@pytest.fixture(scope="module")
def contracted(assembly, world, tmp_path_factory):
    """A deployment of its own, with contracts in the functions' asset."""
    every = (CONTRACT, NEVER, DELIVERY, RULED)
    own = assembly_with(assembly, tmp_path_factory.mktemp("contracts"), *every)
    with endpoint() as url:
        yield type(world)(url, deploy(own, url))


@pytest.mark.parametrize(
    ("key", "body", "code"),
    [
        ("sales/order.csv", b"amount,id\n1,2\n", "CONTRACT_VIOLATION"),
        ("sales/none.csv", b"id,amount\n", "CONTRACT_VIOLATION"),
        ("sales/other.json", b"[1]", "CONTRACT_VIOLATION"),
        ("sales/ragged.csv", b"id,amount\n1\n2,3\n", "RAGGED_ROWS"),
        ("elsewhere/ragged.csv", b"id,amount\n1\n2,3\n", None),
        ("sales/good.csv", b"id,amount\n1,2\n", None),
    ],
)
def test_an_upload_under_the_prefix_must_be_what_its_contract_says(contracted, key, body, code):
    version = contracted.upload(key, body)
    record = json.loads(contracted.ended(key, version)["output"])
    assert record["status"] == ("rejected" if code else "processed")
    assert record.get("error", {}).get("code") == code


def test_the_report_names_an_expected_file_that_did_not_come(contracted):
    version = contracted.upload("sales/today.csv", b"id,amount\n1,2\n")
    record = json.loads(contracted.ended("sales/today.csv", version)["output"])
    report = report_of(contracted, record["uploaded_at"][:10])
    assert report["expected"] == [
        {"contract": "sales", "prefix": "sales/", "came": True, "processed": True},
        {"contract": "stock", "prefix": "stock/", "came": False, "processed": False},
    ]


def test_a_delivery_is_held_to_its_manifest_and_reported_with_no_permission_more(contracted):
    """One file comes before the manifest, two after it, and one never."""
    url = f"{contracted.url}/_tally/permissions"
    urllib3.request("POST", url, json={"record": True})
    listed = {
        "entries": [
            {"url": f"s3://lake/orders/d/{name}.csv", "meta": {"record_count": records}}
            for name, records in (("early", 2), ("good", 1), ("less", 2), ("never", 1))
        ]
    }

    def became(name, body):
        key = f"orders/d/{name}"
        return json.loads(contracted.ended(key, contracted.upload(key, body))["output"])

    assert became("early.csv", b"id\n1\n")["status"] == "processed"
    manifest = became("manifest.json", json.dumps(listed).encode())
    assert (manifest["status"], manifest["records"]) == ("processed", 1)
    assert became("good.csv", b"id\n1\n")["status"] == "processed"
    less = became("less.csv", b"id\n1\n")
    assert less["error"]["code"] == "COUNT_MISMATCH"
    assert became("more.csv", b"id\n1\n")["status"] == "processed"
    report = report_of(contracted, less["uploaded_at"][:10])
    (row,) = report["deliveries"]["named"]
    assert (row["state"], row["manifest"]) == ("short", "orders/d/manifest.json")
    assert row["files"] == [
        {"key": "orders/d/early.csv", "problem": "differs", "note": "2 records listed, 1 arrived"},
        {"key": "orders/d/less.csv", "problem": "rejected", "note": "COUNT_MISMATCH"},
        {"key": "orders/d/more.csv", "problem": "unlisted", "note": ""},
        {"key": "orders/d/never.csv", "problem": "missing", "note": ""},
    ]
    same = [each for each in report["repeated"]["named"] if each["key"].startswith("orders/d/")]
    three = {"orders/d/early.csv", "orders/d/good.csv", "orders/d/more.csv"}
    assert len(same) == 2
    assert {name for each in same for name in (each["key"], each["same_as"]["key"])} == three
    asked = urllib3.request("POST", url, json={}).json()["asked"]
    assert [each for each in asked if not each["allowed"]] == []
    assert {each["action"] for each in asked if "/deliveries/" in each["resource"]} == {
        "s3:GetObject",
        "s3:PutObject",
    }


def report_of(world, day):
    """The report of a day, made now."""
    started = world.client("stepfunctions").start_execution(
        stateMachineArn=world.outputs["DailyReportMachineArn"], input=json.dumps({"date": day})
    )
    assert world.status_once_ended(started["executionArn"]) == "SUCCEEDED"
    return world.record(f"daily-reports/date={day}/report.json")


def record_of(world, key, body):
    execution = world.ended(key, world.upload(key, body))
    return json.loads(execution["output"]), execution["executionArn"]


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("ruled/good.csv", b"id,amount\n1,2.5\n2,-1\n"),
        ("ruled/good.jsonl", b'{"id": 1, "amount": 2.5}\n{"id": "2", "amount": -1}\n'),
    ],
)
def test_a_file_that_keeps_its_field_rules_is_processed_with_a_profile(contracted, key, body):
    record, arn = record_of(contracted, key, body)
    assert (record["status"], record["records"]) == ("processed", 2)
    assert record["profile"] == [
        {"field": "id", "nulls": 0, "approx_distinct": 2, "min": "1", "max": "2"},
        {"field": "amount", "nulls": 0, "approx_distinct": 2, "min": "-1.0", "max": "2.5"},
    ]
    assert record["warnings"] == ["field rule amount.minimum: 1 row (2)"]
    assert contracted.entered(arn) == ["ValidateFile", "CheckFields", "StoreMetadata"]
    (stored,) = contracted.records_of(key)
    assert contracted.record(stored) == record


def test_a_file_in_breach_is_rejected_by_rule_and_row_and_no_value_is_told_anywhere(contracted):
    key = "ruled/breach.csv"
    record, arn = record_of(contracted, key, IN_BREACH)
    assert record["error"]["code"] == "CONTRACT_VIOLATION"
    assert record["breaches"] == [
        {"rule": "amount.type", "rows": 1, "first_rows": [1]},
        {"rule": "amount.minimum", "rows": 2, "first_rows": [2, 3]},
        {"rule": "id.unique", "rows": 1, "first_rows": [3]},
    ]
    (letter,) = contracted.dead_letters(key)
    assert (letter["code"], letter["breaches"]) == ("CONTRACT_VIOLATION", record["breaches"])
    told = [
        record,
        letter,
        contracted.history(arn),
        logged(contracted),
        pages_of(contracted, record["uploaded_at"][:10]),
    ]
    for where in map(str, told):
        assert "amount.type" in where
        for value in HIDDEN:
            assert value not in where


def logged(world):
    """Every line that the function which checks values has logged."""
    logs, group = world.client("logs"), "/aws/lambda/event-driven-pipeline-dev-check-fields"
    return [
        event["message"]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]


def pages_of(world, day):
    """The report of a day, its three forms in one text."""
    states = world.client("stepfunctions")
    started = states.start_execution(
        stateMachineArn=world.outputs["DailyReportMachineArn"], input=json.dumps({"date": day})
    )
    assert world.status_once_ended(started["executionArn"]) == "SUCCEEDED"
    prefix = f"daily-reports/date={day}/report."
    bodies = [
        world.client("s3").get_object(Bucket=world.reports, Key=f"{prefix}{form}")["Body"].read()
        for form in ("json", "html", "csv")
    ]
    return b"".join(bodies).decode()


def test_a_file_without_field_rules_pays_no_transition_and_no_call_for_those_that_have(contracted):
    """Its requests are counted by test_a_file_asks_for_what_the_estimate_counts."""
    record, arn = record_of(contracted, "sales/plain.csv", b"id,amount\n1,2\n")
    assert (record["profile"], record["breaches"]) == (None, None)
    assert contracted.entered(arn) == ["ValidateFile", "CountRecords", "StoreMetadata"]
    called = [
        json.loads(event["taskScheduledEventDetails"]["parameters"]).get("FunctionName", "")
        for event in contracted.history(arn)
        if event["type"] == "TaskScheduled"
    ]
    assert [name.rpartition("dev-")[2] for name in called] == ["validate-file", "count-records", ""]


@pytest.mark.parametrize("length", [10, 1000])
@pytest.mark.parametrize("rejected", [False, True])
def test_a_file_of_a_contract_came_whatever_the_length_of_its_key(world, length, rejected):
    """The record of a long key is named by a digest, so that only its content tells the prefix."""
    day, prefix = "2026-03-01", f"long-{length}-{rejected}/"
    key = f"{prefix}{'x' * length}.csv"
    place = record_key(day, key, "v", rejected=rejected)
    assert (prefix in place) is (length < 1000)
    s3 = world.client("s3")
    s3.put_object(Bucket=world.reports, Key=place, Body=json.dumps({"key": key}))
    reports = Reports(world.reports, s3)
    assert reports.has_processed(day, prefix) is not rejected
    assert reports.has_rejected(day, prefix) is rejected
    assert not reports.has_processed(day, "other/")
