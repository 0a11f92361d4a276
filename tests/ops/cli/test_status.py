"""`tally status` on a deployed pipeline."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from functions.core import keys
from ops.cli.output import counted
from tests.builders.day_reports import any_record
from tests.builders.deliveries import listing
from tests.builders.uploads import lines

DAY = "2026-03-02"


def test_the_status_counts_an_upload_in_its_equation(world, tally):
    before = tally("status", "--json").json["day"]
    world.upload("status/a.csv", lines(1))
    world.upload("status/b.csv", b"")
    after = tally("status", "--json").json
    day = after["day"]
    assert day["processed"] == before["processed"] + 1
    assert day["rejected"] == before["rejected"] + 1
    assert day["received"] == sum(
        day[part] for part in ("processed", "rejected", "failed", "in_flight")
    )
    assert after["queue_depth"] == 1
    assert "received =" in tally("status").out
    assert "counted" in tally("status").out


@pytest.fixture
def kept(world):
    """Puts objects into the reports bucket, and takes them away again."""
    where, places = {"Bucket": world.deployment.reports_bucket}, []

    def put(key, body):
        world.clients.s3.put_object(**where, Key=key, Body=body)
        places.append(key)

    yield put
    for key in places:
        world.clients.s3.delete_object(**where, Key=key)


def test_the_status_says_how_the_deliveries_of_a_day_stand(kept, tally):
    """Of three files that are listed, one came on the day before, one on the day after."""
    listed = [("in/a.csv", 3), ("in/b.csv", 4), ("in/never.csv",)]
    for key, content in listing(*listed, date=DAY).stored():
        kept(key, content)
    came = [("in/a.csv", "2026-03-01"), ("in/b.csv", "2026-03-03"), ("in/x.csv", DAY)]
    for key, day in [*came, ("in/manifest.json", DAY)]:
        record = any_record(key, "m1", uploaded_at=f"{day}T10:00:00Z")
        kept(keys.record_key(day, key, "m1"), json.dumps(record))
    (row,) = tally("status", "--date", DAY, "--json").json["deliveries"]["named"]
    assert (row["state"], row["listed"]) == ("short", 3)
    assert [(each["key"], each["problem"]) for each in row["files"]] == [
        ("in/b.csv", "differs"),
        ("in/never.csv", "missing"),
        ("in/x.csv", "unlisted"),
    ]
    printed = tally("status", "--date", DAY).out
    assert "delivery in/manifest.json: short: 3 files listed, 1 missing" in printed
    assert "in/b.csv differs: 4 records listed, 3 arrived" in printed


def test_a_day_without_manifests_has_no_delivery(world, tally):
    done = tally("status", "--json")
    assert done.err == ""
    assert done.json["deliveries"]["total"] == 0


def test_failures_of_no_file_are_counted_apart_from_the_equation(world, tally):
    before = tally("status", "--json").json
    arn = world.deployment.start(world.deployment.daily_report, {"date": "no day"})
    assert world.until_ended(arn)["status"] == "FAILED"
    after = tally("status", "--json").json
    failed = {each["execution"] for each in after["failed_without_file"]}
    assert failed - {each["execution"] for each in before["failed_without_file"]} == {arn}
    assert after["day"]["failed"] == before["day"]["failed"]
    shown = tally("status").out
    assert f"failed without a file: {len(failed)}" in shown


def test_numbers_of_over_a_minute_are_said_to_be_old():
    now = datetime.now(UTC)
    assert counted(now + timedelta(hours=1)).plain == "counted just now"
    assert counted(now - timedelta(hours=2)).plain == "counted 2 h 0 min ago: these are old numbers"
    assert "old" not in counted(now - timedelta(seconds=30)).plain
