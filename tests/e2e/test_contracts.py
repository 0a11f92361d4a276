"""A contract from its file to the rejection and to the report, on a deployed pipeline."""

import json
import shutil

import pytest

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


@pytest.fixture(scope="module")
def contracted(assembly, world, tmp_path_factory):
    """A deployment of its own, with two contracts in the functions' asset."""
    own = tmp_path_factory.mktemp("contracts") / "assembly"
    shutil.copytree(assembly, own)
    for handler in own.glob("asset.*/functions/validate_file.py"):
        for contract in (CONTRACT, NEVER):
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
    states = contracted.client("stepfunctions")
    started = states.start_execution(
        stateMachineArn=contracted.outputs["DailyReportMachineArn"],
        input=json.dumps({"date": record["uploaded_at"][:10]}),
    )
    assert contracted.status_once_ended(started["executionArn"]) == "SUCCEEDED"
    key = f"daily-reports/date={record['uploaded_at'][:10]}/report.json"
    body = contracted.client("s3").get_object(Bucket=contracted.reports, Key=key)["Body"].read()
    assert json.loads(body)["expected"] == [
        {"contract": "sales", "prefix": "sales/", "came": True, "processed": True},
        {"contract": "stock", "prefix": "stock/", "came": False, "processed": False},
    ]


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
