"""A folder that an older Tally wrote opens, and its world goes on.

`folder_of_e7487a1.tar.xz` was written by the first commit that kept a world (27 November 2026): a
bucket with two versions of an object and a deleted one, a queue with a message, and one execution
each that succeeded, that failed, and that was killed while it waited for a minute.
"""

import json
import sqlite3
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3

from ops.pipeline import absences
from tests.builders.kept_endpoint import KeptEndpoint

FOLDER = Path(__file__).with_name("folder_of_e7487a1.tar.xz")
SECONDS = 60
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old") / "world"
    with tarfile.open(FOLDER) as archive:
        archive.extractall(folder, filter="data")
    connection = sqlite3.connect(folder / "world.sqlite3")
    with connection:
        until = (NOW - timedelta(days=10)).timestamp()
        connection.execute("UPDATE clock SET seconds = ? WHERE name = 'until'", (until,))
    connection.close()
    here = KeptEndpoint(folder).start()
    here.as_deployed = SimpleNamespace(clients=SimpleNamespace(s3=here.client("s3")))
    yield here
    here.end()


def execution(here, name):
    states = here.client("stepfunctions")
    (machine,) = (
        each["stateMachineArn"]
        for each in states.list_state_machines()["stateMachines"]
        if each["name"] == name
    )
    return states, f"{machine.replace(':stateMachine:', ':execution:')}:first"


def ended(states, arn):
    deadline = time.monotonic() + SECONDS
    while (found := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_its_objects_and_messages_are_there(old):
    s3, sqs = old.client("s3"), old.client("sqs")
    listed = s3.list_object_versions(Bucket="old-raw")
    bodies = {
        (each["Key"], each["IsLatest"]): s3.get_object(
            Bucket="old-raw", Key=each["Key"], VersionId=each["VersionId"]
        )["Body"].read()
        for each in listed["Versions"]
    }
    assert bodies == {("a.csv", True): b"two", ("a.csv", False): b"one", ("gone.csv", False): b"x"}
    assert [each["Key"] for each in listed["DeleteMarkers"]] == ["gone.csv"]
    url = sqs.get_queue_url(QueueName="old")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["QueueArn"].endswith(":old")


def test_an_execution_that_waited_when_it_was_killed_goes_on(old):
    states, arn = execution(old, "waits")
    assert ended(states, arn)["output"] == '"slept"'


def test_one_that_ended_has_its_history_and_one_that_failed_is_redriven(old):
    states, arn = execution(old, "done")
    assert states.describe_execution(executionArn=arn)["output"] == '{"n":2}'
    events = states.get_execution_history(executionArn=arn)["events"]
    assert [each["type"] for each in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    states, failed = execution(old, "fails")
    states.redrive_execution(executionArn=failed)
    assert ended(states, failed)["redriveCount"] == 1


def day(days_ago):
    return (NOW - timedelta(days=days_ago)).date().isoformat()


def test_a_day_in_which_nothing_ran_is_told(old):
    (found,) = absences.of_day(old.as_deployed, day(5))
    assert found.until - found.since == timedelta(days=1)
    assert found.since.isoformat() == f"{day(5)}T00:00:00+00:00"
    (begin,) = absences.of_day(old.as_deployed, day(10))
    assert begin.since == (NOW - timedelta(days=10)).replace(microsecond=0)
    assert absences.of_day(old.as_deployed, day(12)) == []


RULES = [
    {
        "ID": "brief",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": 30},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    },
    {
        "ID": "cold",
        "Status": "Enabled",
        "Filter": {"And": {"Tags": [{"Key": "cold", "Value": "yes"}], "ObjectSizeGreaterThan": 4}},
        "Transitions": [{"Days": 10, "StorageClass": "GLACIER_IR"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 60, "NewerNoncurrentVersions": 3},
    },
]


def set_clock(here, moment):
    body = json.dumps({"now": moment and moment.isoformat()}).encode()
    urllib3.request("POST", f"{here.url}/_tally/clock", body=body)


def on_disk(here, query, *values):
    """What another process finds in the folder's database at this moment."""
    connection = sqlite3.connect(here.folder / "world.sqlite3")
    try:
        return connection.execute(query, values).fetchone()[0]
    finally:
        connection.close()


def test_what_is_past_its_retention_goes_at_midnight(old):
    s3, sqs, logs = old.client("s3"), old.client("sqs"), old.client("logs")
    s3.create_bucket(Bucket="brief")
    s3.put_bucket_versioning(Bucket="brief", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_lifecycle_configuration(Bucket="brief", LifecycleConfiguration={"Rules": RULES})
    assert s3.get_bucket_lifecycle_configuration(Bucket="brief")["Rules"] == RULES
    for body in (b"one", b"two"):
        s3.put_object(Bucket="brief", Key="k", Body=body)
    for key, tags in (("warm", ""), ("cold", "cold=yes")):
        s3.put_object(Bucket="brief", Key=key, Body=b"large", Tagging=tags)
    s3.create_multipart_upload(Bucket="brief", Key="begun")
    url = sqs.create_queue(QueueName="brief", Attributes={"MessageRetentionPeriod": "60"})
    sqs.send_message(QueueUrl=url["QueueUrl"], MessageBody="brief")
    logs.create_log_group(logGroupName="brief")
    logs.put_retention_policy(logGroupName="brief", retentionInDays=1)
    logs.create_log_stream(logGroupName="brief", logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "brief"}
    logs.put_log_events(logGroupName="brief", logStreamName="s", logEvents=[event])
    try:
        set_clock(old, NOW + timedelta(days=40))
        found = s3.list_object_versions(Bucket="brief")
        assert [each["Key"] for each in found["DeleteMarkers"]] == ["cold", "k", "warm"]
        classes = {each["Key"]: each["StorageClass"] for each in found["Versions"]}
        assert classes == {"cold": "GLACIER_IR", "k": "STANDARD", "warm": "STANDARD"}
        query = "SELECT count(*) FROM objects WHERE content IS NOT NULL AND instr(body, ?)"
        assert on_disk(old, query, b"GLACIER_IR") == 1
        assert "Uploads" not in s3.list_multipart_uploads(Bucket="brief")
        waiting = sqs.get_queue_attributes(
            QueueUrl=url["QueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert waiting["Attributes"]["ApproximateNumberOfMessages"] == "0"
        lines = logs.get_log_events(logGroupName="brief", logStreamName="s")["events"]
        assert lines == []
        assert on_disk(old, "SELECT count(*) FROM lines WHERE log_group = 'brief'") == 0
    finally:
        set_clock(old, None)
