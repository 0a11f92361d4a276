"""A replay goes by key and version, and counts each version for the day of its own event."""

import json
from datetime import timedelta

import pytest

from ops.pipeline import dead_letters, times
from ops.pipeline.errors import BAD_USAGE
from ops.pipeline.executions import became
from ops.pipeline.waiting import until_ended
from tests.builders.last_modified import stored_earlier

DAY = timedelta(days=1)
ONE, TWO = b"id\n1\n", b"id\n1\n2\n"


@pytest.fixture
def same_clients(world, monkeypatch):
    """Commands use the clients of the test, which say what S3 would say."""
    monkeypatch.setattr("ops.cli.options.find", lambda **_: world.deployment)


def undelivered(world, key, version, time):
    """EventBridge could not hand over the event of an object version."""
    event = {
        "detail-type": "Object Created",
        "time": time,
        "detail": {
            "bucket": {"name": world.deployment.raw_bucket},
            "object": {"key": key, "version-id": version},
        },
    }
    attributes = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "may not start it"}
    world.clients.sqs.send_message(
        QueueUrl=world.deployment.queue_url,
        MessageBody=json.dumps(event),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )


def records(world, key):
    """Each record of a key's versions: version, day, status and number of records."""
    pages = world.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=world.deployment.reports_bucket, Prefix="processed/"
    )
    found = []
    for item in (item for page in pages for item in page.get("Contents", ())):
        if f"/{key}/" in item["Key"]:
            body = world.clients.s3.get_object(
                Bucket=world.deployment.reports_bucket, Key=item["Key"]
            )["Body"]
            read = json.loads(body.read())
            day = item["Key"].split("/")[1].removeprefix("date=")
            found.append((read["version_id"], day, read["status"], read.get("records")))
    return sorted(found)


def noon_of(day):
    return f"{day}T12:00:00Z"


def test_a_rejection_that_names_no_object_version_is_told_and_left(world, tally):
    world.clients.states.start_execution(stateMachineArn=world.deployment.process_file, input="{}")
    assert world.letters("(no key)")
    ((letter,),) = [group["messages"] for group in tally("dlq", "--json").json]
    done = tally("replay", "--rejected")
    assert done.code == 0, done
    assert "BAD_EVENT names no object version" in done.out
    assert "tally dlq --acknowledge REASON " + letter["id"] in done.out
    assert tally("replay", "--rejected", "--json").json["nameless"] == [letter["id"]]
    redriven = tally("redrive", "--json")
    (left,) = redriven.json["impossible"]
    assert letter["id"] in left["instead"]


def test_two_undelivered_versions_of_one_key_are_both_counted(world, tally):
    today = times.today()
    versions = [world.put_unnoticed("both/a.csv", body) for body in (ONE, TWO)]
    for version in versions:
        undelivered(world, "both/a.csv", version, noon_of(today))
    done = tally("replay", "--rejected", "--json")
    assert done.code == 0, done
    assert {each["version_id"] for each in done.json["replayed"]} == set(versions)
    expected = zip(versions, (1, 2), strict=True)
    assert records(world, "both/a.csv") == sorted(
        (version, today, "processed", number) for version, number in expected
    )
    assert dead_letters.look(world.deployment) == []


def test_a_key_means_its_versions_without_a_processed_record(world, tally):
    old = world.put_unnoticed("needed/a.csv", TWO)
    world.upload("needed/a.csv", ONE)
    done = tally("replay", "needed/a.csv", "--json")
    assert done.code == 0, done
    assert [each["version_id"] for each in done.json["replayed"]] == [old]
    assert len(done.json["already_processed"]) == 1
    assert [each["version_id"] for each in done.json["assumed_days"]] == [old]
    again = tally("replay", "needed/a.csv")
    assert again.code == 0
    assert (
        "processed before, and left alone: 2 (again: tally replay --all-versions needed/a.csv)"
        in (again.out)
    )
    everything = tally("replay", "needed/a.csv", "--all-versions", "--json")
    assert len(everything.json["replayed"]) == 2


def test_one_version_is_replayed_alone_and_a_letter_of_another_stays(world, tally):
    today = times.today()
    first, second = (world.put_unnoticed("single/a.csv", body) for body in (ONE, TWO))
    for version in (first, second):
        undelivered(world, "single/a.csv", version, noon_of(today))
    assert tally("replay", "--version", first, "single/a.csv").code == 0
    assert [each.identity for each in dead_letters.look(world.deployment)] == [
        ("single/a.csv", second)
    ]


def test_an_upload_over_midnight_is_replayed_for_the_day_of_its_event(world, tally, same_clients):
    record = json.loads(world.upload("overnight/a.csv", ONE)["output"])
    with stored_earlier(world.clients.s3, DAY, "overnight/"):
        done = tally("replay", "overnight/a.csv", "--all-versions", "--json")
    assert done.code == 0, done
    assert done.json["days"] == [record["uploaded_at"][:10]]
    assert len(records(world, "overnight/a.csv")) == 1


def test_an_event_that_comes_after_a_replay_that_assumed_its_day_is_a_duplicate(world, tally):
    version = world.put_unnoticed("under-way/a.csv", ONE)
    (one,) = tally("replay", "under-way/a.csv", "--json").json["replayed"]
    states = world.clients.states
    given = json.loads(states.describe_execution(executionArn=one["execution"])["input"])
    tomorrow = (times.start_of(times.today()) + DAY).date().isoformat()
    event = {**given, "time": f"{tomorrow}T00:00:01Z", "day_assumed": False}
    late = states.start_execution(
        stateMachineArn=world.deployment.process_file, input=json.dumps(event)
    )["executionArn"]
    (ended,) = until_ended(world.deployment, {late: 0}, 60)
    assert became(ended) == "duplicate"
    assert records(world, "under-way/a.csv") == [(version, times.today(), "processed", 1)]


def test_one_that_failed_is_replayed_for_the_day_of_its_event(world, tally, same_clients):
    with world.broken("CountRecords"):
        failed = world.upload("overnight/failed.csv", ONE)
    with stored_earlier(world.clients.s3, DAY, "overnight/"):
        done = tally("replay", "overnight/failed.csv", "--json")
    day = json.loads(failed["input"])["time"][:10]
    assert (done.code, done.json["days"], done.json["assumed_days"]) == (0, [day], [])


def test_an_undelivered_event_says_the_day_and_s3_does_not(world, tally):
    day = (times.start_of(times.today()) - DAY).date().isoformat()
    version = world.put_unnoticed("late/a.csv", ONE)
    undelivered(world, "late/a.csv", version, noon_of(day))
    assert tally("replay", "late/a.csv", "--json").json["days"] == [day]
    assert records(world, "late/a.csv") == [(version, day, "processed", 1)]


def test_a_letter_about_what_another_day_has_processed_is_a_duplicate_and_leaves(world, tally):
    counted = json.loads(world.upload("moved/a.csv", ONE)["output"])
    day = (times.start_of(times.today()) - DAY).date().isoformat()
    undelivered(world, "moved/a.csv", counted["version_id"], noon_of(day))
    done = tally("replay", "--rejected", "--json")
    assert (done.code, done.json["replayed"]) == (0, [])
    assert len(done.json["already_processed"]) == 1
    assert len(records(world, "moved/a.csv")) == 1
    assert dead_letters.look(world.deployment) == []


def test_a_day_that_nothing_says_is_called_an_assumption(world, tally):
    world.put_unnoticed("assumed/a.csv", ONE)
    done = tally("replay", "assumed/a.csv")
    assert done.code == 0, done
    assert "no trace says the day of assumed/a.csv" in done.out


def test_a_version_that_is_gone_is_named_and_its_letter_stays(world, tally):
    undelivered(world, "gone/a.csv", "no-such-version", noon_of(times.today()))
    done = tally("replay", "--rejected", "--json")
    assert done.code == 1
    assert done.json["missing"] == [{"key": "gone/a.csv", "version_id": "no-such-version"}]
    assert len(dead_letters.look(world.deployment)) == 1


def test_a_day_that_is_over_is_restated_and_the_running_day_is_left_to_its_night(
    world, tally, same_clients
):
    today = times.today()
    day = (times.start_of(today) - DAY).date().isoformat()
    for date in (day, today):
        version = world.put_unnoticed("restated/a.csv", ONE)
        undelivered(world, "restated/a.csv", version, noon_of(date))
    with stored_earlier(world.clients.s3, DAY, "restated/"):
        done = tally("replay", "--rejected", "--json")
        rebuilt = tally("replay", "restated/a.csv", "--all-versions", "--rebuild", "--json")
    assert done.json["reports"] == {day: "SUCCEEDED"}
    assert done.json["left_to_the_night"] == [today]
    assert set(rebuilt.json["reports"]) == {day, today}


@pytest.mark.parametrize(
    "words",
    [
        ["a", "b", "--version", "v"],
        ["a", "--version", "v", "--all-versions"],
        ["--rejected", "--version", "v"],
    ],
)
def test_a_version_is_a_version_of_one_key(world, tally, words):
    done = tally("replay", *words)
    assert done.code == BAD_USAGE
    assert "--version is a version of one key" in done.err
