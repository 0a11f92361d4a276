"""A contract from its file to the rejection and to the report, on a deployed pipeline."""

import json
import shutil

import pytest
import urllib3

from functions.aws.reports_bucket import Reports
from functions.core.keys import record_key
from local.deploy import deploy
from local.deploy.session import endpoint

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


DELIVERY = {
    "name": "orders",
    "path": "orders/",
    "schema": {"fields": [{"name": "id"}]},
    "tally": {"delivery": {"manifest": "*/manifest.json"}},
}


@pytest.fixture(scope="module")
def contracted(assembly, world, tmp_path_factory):
    """A deployment of its own, with two contracts in the functions' asset."""
    own = tmp_path_factory.mktemp("contracts") / "assembly"
    shutil.copytree(assembly, own)
    for handler in own.glob("asset.*/functions/validate_file.py"):
        for contract in (CONTRACT, NEVER, DELIVERY):
            place = handler.parent.parent / "contracts" / f"{contract['name']}.json"
            place.write_text(json.dumps(contract))
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
    (row,) = report_of(contracted, less["uploaded_at"][:10])["deliveries"]["named"]
    assert (row["state"], row["manifest"]) == ("short", "orders/d/manifest.json")
    assert row["files"] == [
        {"key": "orders/d/early.csv", "problem": "differs", "note": "2 records listed, 1 arrived"},
        {"key": "orders/d/less.csv", "problem": "rejected", "note": "COUNT_MISMATCH"},
        {"key": "orders/d/more.csv", "problem": "unlisted", "note": ""},
        {"key": "orders/d/never.csv", "problem": "missing", "note": ""},
    ]
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
