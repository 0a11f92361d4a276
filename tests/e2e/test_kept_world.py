"""A world over the end of its process: killed, stopped, and asleep for four nights."""

import json
import signal
import sqlite3
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from local.deploy import deploy
from ops.local_run import kept_folder
from tests.builders.kept_endpoint import KeptEndpoint

GOOD, BAD = 6, 2
PART = b"0123456789abcdef" * (5 * 1024 * 1024 // 16)
NIGHTS = 4
PROMPT = {
    "QueryLanguage": "JSONata",
    "StartAt": "Done",
    "States": {"Done": {"Type": "Succeed"}},
}
PROMPT_TIMES = 10
TEMPLATE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def until(found, seconds=480):
    """The first true answer; a report that is due soon waits for five minutes after midnight."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)
    return answer


def put_everything(here):
    """What a user has acknowledged: objects of each kind, messages, a stack, an upload begun."""
    s3, sqs = here.client("s3"), here.client("sqs")
    s3.create_bucket(Bucket="mine")
    s3.put_bucket_versioning(Bucket="mine", VersioningConfiguration={"Status": "Enabled"})
    kept = {
        "versions": [s3.put_object(Bucket="mine", Key="k", Body=b)["VersionId"] for b in BODIES]
    }
    s3.put_object(
        Bucket="mine",
        Key="told",
        Body=b"x",
        Metadata={"who": "me"},
        ContentType="text/csv",
        Tagging="a=b",
    )
    s3.put_object(Bucket="mine", Key="gone", Body=b"x")
    s3.delete_object(Bucket="mine", Key="gone")
    for key in ("d1", "d2"):
        version = s3.put_object(Bucket="mine", Key=key, Body=b"x")["VersionId"]
        s3.delete_objects(Bucket="mine", Delete={"Objects": [{"Key": key, "VersionId": version}]})
    upload = s3.create_multipart_upload(Bucket="mine", Key="parts")["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(
                Bucket="mine", Key="parts", UploadId=upload, PartNumber=number, Body=body
            )["ETag"],
        }
        for number, body in enumerate((PART, b"end"), 1)
    ]
    s3.complete_multipart_upload(
        Bucket="mine", Key="parts", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    kept["begun"] = begin_uploads(s3)
    here.client("cloudformation").create_stack(StackName="mine", TemplateBody=json.dumps(TEMPLATE))
    fortnight = {"MessageRetentionPeriod": str(14 * 86_400)}  # the nights asleep are four
    url = sqs.create_queue(QueueName="mine", Attributes=fortnight)["QueueUrl"]
    for body in ("first", "second"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"][0]
    kept |= {"queue": url, "handle": received["ReceiptHandle"], "body": received["Body"]}
    kept["stacks"] = names_of_stacks(here)
    kept["lines"] = put_lines(here.client("logs"))
    return kept


def put_lines(logs):
    """A client's own: in a group that stays, and in one that is deleted and made again."""
    now = int(time.time() * 1000)
    lines = [
        {"timestamp": now - 1000, "message": "one"},
        {"timestamp": now, "message": "two\ud800"},
    ]
    for group in ("lines/kept", "lines/gone"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="s")
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=lines)
    logs.delete_log_group(logGroupName="lines/gone")
    logs.create_log_group(logGroupName="lines/gone")
    return lines


def begin_uploads(s3):
    """An upload with one part, and one that is aborted; the id and the parts of the first."""
    s3.create_bucket(Bucket="begun")
    kept, aborted = (
        s3.create_multipart_upload(Bucket="begun", Key=key, Metadata={"who": "me"})["UploadId"]
        for key in ("kept", "aborted")
    )
    for key, upload in (("kept", kept), ("aborted", aborted)):
        for body in (b"replaced", PART):
            tag = s3.upload_part(Bucket="begun", Key=key, UploadId=upload, PartNumber=1, Body=body)[
                "ETag"
            ]
    s3.abort_multipart_upload(Bucket="begun", Key="aborted", UploadId=aborted)
    return {"id": kept, "parts": [{"PartNumber": 1, "ETag": tag}]}


BODIES = (b"one", b"two", PART)


def names_of_stacks(here):
    resources = here.client("cloudformation").describe_stack_resources(StackName="mine")
    return [each["PhysicalResourceId"] for each in resources["StackResources"]]


@pytest.fixture(scope="module")
def kept(assembly, tmp_path_factory):
    """The world after a kill: what was put before it, and the files that were just uploaded."""
    here = KeptEndpoint(tmp_path_factory.mktemp("kept")).start()
    here.outputs = deploy(assembly, here.url)
    here.put = put_everything(here)
    s3, bucket = here.client("s3"), here.deployment.raw_bucket
    names = [f"good/{n}.csv" for n in range(GOOD)] + [f"bad/{n}.csv" for n in range(BAD)]
    here.uploads = {
        (name, s3.put_object(Bucket=bucket, Key=name, Body=content(name))["VersionId"])
        for name in names
    }
    here.day = datetime.now(UTC).date()
    until(lambda: any(status == "SUCCEEDED" for status, _ in here.executions()))
    here.end()
    here.killed_at = time.time() * 1000
    yield here.start()
    here.end()


def content(name):
    return b"a,b\n1,2\n3,4\n" if name.startswith("good") else b""


def test_every_acknowledged_upload_is_there_and_processed_once(kept):
    def all_ended():
        found = kept.executions()
        return found if found and not any(status == "RUNNING" for status, _ in found) else None

    found = until(all_ended)
    assert Counter(status for status, _ in found) == {"SUCCEEDED": GOOD + BAD}
    objects = [given["detail"]["object"] for _, given in found]
    assert sorted((each["key"], each["version-id"]) for each in objects) == sorted(kept.uploads)
    for name, version in kept.uploads:
        got = kept.client("s3").get_object(
            Bucket=kept.deployment.raw_bucket, Key=name, VersionId=version
        )
        assert got["Body"].read() == content(name)


def test_objects_are_there_as_they_were_acknowledged(kept):
    s3 = kept.client("s3")
    for version, body in zip(kept.put["versions"], BODIES, strict=True):
        assert s3.get_object(Bucket="mine", Key="k", VersionId=version)["Body"].read() == body
    assert s3.get_object(Bucket="mine", Key="k")["VersionId"] == kept.put["versions"][-1]
    told = s3.head_object(Bucket="mine", Key="told")
    assert (told["Metadata"], told["ContentType"]) == ({"who": "me"}, "text/csv")
    tags = s3.get_object_tagging(Bucket="mine", Key="told")["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}]
    whole = s3.get_object(Bucket="mine", Key="parts")
    assert (whole["Body"].read(), whole["ETag"][-3:]) == (PART + b"end", '-2"')
    listed = [each["Key"] for each in s3.list_objects_v2(Bucket="mine")["Contents"]]
    assert listed == ["k", "parts", "told"]
    markers = s3.list_object_versions(Bucket="mine")["DeleteMarkers"]
    assert [each["Key"] for each in markers] == ["gone"]


def test_an_upload_that_was_begun_goes_on(kept):
    s3, begun = kept.client("s3"), kept.put["begun"]
    upload = {"Bucket": "begun", "Key": "kept", "UploadId": begun["id"]}
    (listed,) = s3.list_multipart_uploads(Bucket="begun")["Uploads"]
    assert listed["UploadId"] == begun["id"]
    (part,) = s3.list_parts(**upload)["Parts"]
    assert (part["ETag"], part["Size"]) == (begun["parts"][0]["ETag"], len(PART))
    tag = s3.upload_part(**upload, PartNumber=2, Body=b"end")["ETag"]
    parts = [*begun["parts"], {"PartNumber": 2, "ETag": tag}]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    whole = s3.get_object(Bucket="begun", Key="kept")
    assert (whole["Body"].read(), whole["Metadata"]) == (PART + b"end", {"who": "me"})
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="begun")


def test_what_is_acknowledged_is_on_the_disk_by_then(kept):
    s3, sqs, states = (kept.client(name) for name in ("s3", "sqs", "stepfunctions"))
    s3.create_bucket(Bucket="prompt")
    queue = sqs.create_queue(QueueName="prompt")["QueueUrl"]
    machine = states.create_state_machine(
        name="prompt", roleArn="arn:aws:iam::123456789012:role/any", definition=json.dumps(PROMPT)
    )["stateMachineArn"]
    for number in range(PROMPT_TIMES):
        s3.put_object(Bucket="prompt", Key=f"{number}", Body=b"x")
        assert rows_of(kept, "SELECT count(*) FROM objects WHERE bucket = 'prompt'") == number + 1
        sent = sqs.send_message(QueueUrl=queue, MessageBody="x")["MessageId"]
        assert rows_of(kept, "SELECT count(*) FROM messages WHERE id = ?", sent) == 1
        arn = states.start_execution(stateMachineArn=machine)["executionArn"]
        assert rows_of(kept, "SELECT count(*) FROM executions WHERE arn = ?", arn) == 1


@pytest.mark.parametrize("times", [1, 1000], ids=["a row", "a file"])
def test_a_deleted_version_leaves_the_disk(kept, times):
    body = b"what no other object of this world has" * times

    def has_it(path):
        try:
            return path.is_file() and body in path.read_bytes()
        except FileNotFoundError:  # what else is going on here puts its files in their places
            return False

    def on_disk():
        files = sum(map(has_it, (kept.folder / "objects").rglob("*")))
        return files + rows_of(kept, "SELECT count(*) FROM contents WHERE body = ?", body)

    s3 = kept.client("s3")
    s3.create_bucket(Bucket="brief")
    s3.put_bucket_versioning(Bucket="brief", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="brief", Key="brief", Body=body)["VersionId"]
    assert on_disk() == 1
    s3.delete_object(Bucket="brief", Key="brief", VersionId=version)
    assert on_disk() == 0


def rows_of(here, query, *values):
    """What another process finds in the folder's database at this moment."""
    connection = sqlite3.connect(here.folder / "world.sqlite3")
    try:
        return connection.execute(query, values).fetchone()[0]
    finally:
        connection.close()


def test_stacks_and_what_they_made_have_their_names(kept):
    assert names_of_stacks(kept) == kept.put["stacks"]
    assert kept.client("sqs").get_queue_attributes(
        QueueUrl=kept.put["stacks"][0], AttributeNames=["QueueArn"]
    )["Attributes"]


def test_a_received_message_is_deleted_by_its_handle_and_the_other_received(kept):
    sqs, url = kept.client("sqs"), kept.put["queue"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=kept.put["handle"])
    other = {"first": "second", "second": "first"}[kept.put["body"]]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [each["Body"] for each in found] == [other]


def test_the_lines_of_functions_that_were_called_before_are_there(kept):
    logs = kept.client("logs")
    (group,) = (
        each["logGroupName"]
        for each in logs.describe_log_groups()["logGroups"]
        if "validate" in each["logGroupName"].lower()
    )
    lines = logs.filter_log_events(logGroupName=group, limit=10_000)["events"]
    assert min(each["timestamp"] for each in lines) < kept.killed_at
    assert any("REPORT RequestId" in each["message"] for each in lines)


def test_the_lines_of_a_client_are_there_and_those_of_a_deleted_group_are_not(kept):
    logs = kept.client("logs")
    found = logs.get_log_events(logGroupName="lines/kept", logStreamName="s")["events"]
    first, second = kept.put["lines"]
    assert [{name: each[name] for name in ("timestamp", "message")} for each in found] == [
        first,
        {**second, "message": "two?"},  # half a surrogate pair is no character
    ]
    assert logs.describe_log_streams(logGroupName="lines/gone")["logStreams"] == []


def test_the_size_of_what_is_kept_is_told(kept):
    found = kept_folder.sizes(kept.folder)
    assert (found.process, found.url) == (kept.process.pid, kept.url)
    assert found.objects >= GOOD + BAD
    assert found.object_bytes > 2 * len(PART)
    assert found.executions >= GOOD + BAD


def test_a_night_asleep_and_three_more_have_their_reports_when_it_starts(kept):
    until(lambda: not any(status == "RUNNING" for status, _ in kept.executions()))
    assert kept.end(signal.SIGTERM) == 0
    connection = sqlite3.connect(kept.folder / "world.sqlite3")
    with connection:
        connection.execute("INSERT OR REPLACE INTO clock VALUES ('ahead', ?)", (NIGHTS * 86_400.0,))
    connection.close()
    kept.start()
    found = until(lambda: reports_of(kept) if len(reports_of(kept)) == NIGHTS else None)
    reports = {day: each["totals"] for day, each in found.items()}
    days = [(kept.day + timedelta(days=number)).isoformat() for number in range(NIGHTS)]
    assert sorted(reports) == days
    first = reports.pop(days[0])
    assert (first["received"], first["processed"], first["rejected"]) == (GOOD + BAD, GOOD, BAD)
    assert {each["received"] for each in reports.values()} == {0}
    assert found[days[0]]["runtime_off"]
    end = kept.day + timedelta(days=NIGHTS)
    whole = {"since": f"{days[-1]}T00:00:00+00:00", "until": f"{end}T00:00:00+00:00"}
    assert found[days[-1]]["runtime_off"] == [whole]


def reports_of(here):
    """Each report that there is, by its day."""
    s3, bucket = here.client("s3"), here.deployment.reports_bucket
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="daily-reports/").get("Contents", ())
    keys = [each["Key"] for each in listed if each["Key"].endswith("/report.json")]
    documents = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return {date.fromisoformat(each["date"]).isoformat(): each for each in documents}
