"""From an upload to a record, a dead letter or a redrive, through the endpoint as users do."""

import contextlib
import gzip
import json

import pytest

HAPPY_PATH = [
    "ExecutionStarted",
    *(["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"] * 3),
    "ExecutionSucceeded",
]


def test_an_upload_starts_an_execution_whose_history_has_the_events_of_aws_in_order(world):
    version = world.upload("history/a.csv", b"id,name\n1,x\n2,y\n")
    execution = world.ended("history/a.csv", version)
    assert execution["status"] == "SUCCEEDED"
    events = world.history(execution["executionArn"])
    assert [event["type"] for event in events] == HAPPY_PATH
    assert [event["id"] for event in events] == list(range(1, len(HAPPY_PATH) + 1))
    entered = world.entered(execution["executionArn"])
    assert entered == ["ValidateFile", "CountRecords", "StoreMetadata"]


def test_the_stored_record_says_what_the_file_holds(world):
    body = gzip.compress(b'id,note\n1,"two\nlines"\n2,plain\n')
    version = world.upload("records/notes.csv.gz", body)
    execution = world.ended("records/notes.csv.gz", version)
    (key,) = world.records_of("records/notes.csv.gz")
    record = world.record(key)
    assert json.loads(execution["output"]) == record
    assert record["status"] == "processed"
    assert record["key"] == "records/notes.csv.gz"
    assert record["version_id"] == version
    assert record["size_bytes"] == len(body)
    assert (record["format"], record["compression"]) == ("csv", "gzip")
    assert record["records"] == 2
    assert record["columns"] == ["id", "note"]
    assert record["execution_arn"] == execution["executionArn"]


def test_the_aws_command_uploads_and_reads_the_execution(world, tmp_path):
    file = tmp_path / "cli.jsonl"
    file.write_text('{"a": 1}\n\n{"a": 2}\n')
    world.aws("s3", "cp", str(file), f"s3://{world.raw}/cli/cli.jsonl")
    listed = world.aws(
        "s3api", "list-object-versions", "--bucket", world.raw, "--prefix", "cli/cli.jsonl"
    )
    execution = world.ended("cli/cli.jsonl", listed["Versions"][0]["VersionId"])
    arn = execution["executionArn"]
    described = world.aws("stepfunctions", "describe-execution", "--execution-arn", arn)
    assert json.loads(described["output"])["records"] == 2
    history = world.aws("stepfunctions", "get-execution-history", "--execution-arn", arn)
    assert [event["type"] for event in history["events"]] == HAPPY_PATH


@pytest.mark.parametrize(
    ("key", "body", "code"),
    [
        ("bad/empty.csv", b"", "EMPTY_FILE"),
        ("bad/open.csv", b'id\n"never closed\n', "MALFORMED_CSV"),
        ("bad/cut.json", b'{"a": [1, 2', "MALFORMED_JSON"),
        ("bad/cut.txt.gz", gzip.compress(b"x\n" * 9999)[:-9], "TRUNCATED"),
        ("bad/what.bin", b"\x00\x01\x02", "UNSUPPORTED_FORMAT"),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
def test_a_bad_file_ends_in_the_dead_letter_queue_and_leaves_a_rejected_record(
    world, key, body, code
):
    execution = world.ended(key, world.upload(key, body))
    assert execution["status"] == "SUCCEEDED"
    (record_key,) = world.records_of(key)
    assert record_key.endswith(".rejected.json")
    record = world.record(record_key)
    assert record["status"] == "rejected"
    assert record["error"]["code"] == code
    (letter,) = world.dead_letters(about=key)
    assert (letter["kind"], letter["key"], letter["code"]) == ("rejected", key, code)
    assert world.entered(execution["executionArn"])[-3:] == [
        "RecordRejection",
        "SendToDeadLetterQueue",
        "FileRejected",
    ]


def test_a_second_event_for_the_same_version_is_ignored(world):
    version = world.upload("twice/a.csv", b"id\n1\n")
    first = world.ended("twice/a.csv", version)
    states = world.client("stepfunctions")
    second = states.start_execution(stateMachineArn=world.machine, input=first["input"])
    arn = second["executionArn"]
    assert world.status_once_ended(arn) == "SUCCEEDED"
    assert world.entered(arn) == ["ValidateFile", "DuplicateIgnored"]


def test_a_forced_replay_counts_a_file_again(world):
    version = world.upload("replayed/a.csv", b"id\n1\n")
    first = world.ended("replayed/a.csv", version)
    again = json.dumps(json.loads(first["input"]) | {"force": True})
    states = world.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=world.machine, input=again)["executionArn"]
    assert world.status_once_ended(arn) == "SUCCEEDED"
    assert world.entered(arn) == ["ValidateFile", "CountRecords", "StoreMetadata"]


@pytest.mark.parametrize(
    "key",
    [
        "odd/space and+plus%2B.csv",
        "odd/\N{GRINNING FACE}.csv",
        "odd/quote\"s'&<b>.csv",
        "odd/" + "k" * 1010 + ".csv",
    ],
)
def test_a_file_with_an_odd_key_is_accounted_for_under_its_own_name(world, key):
    execution = world.ended(key, world.upload(key, b"id\n1\n2\n"))
    record = json.loads(execution["output"])
    assert (record["key"], record["records"]) == (key, 2)


def test_a_handler_that_is_throttled_three_times_succeeds_by_retry(world, eventually_):
    with throttled(world, "CountRecords"):
        version = world.upload("throttled/a.csv", b"id\n1\n")
        execution = eventually_(lambda: world.execution_of("throttled/a.csv", version), 20)
        arn = execution["executionArn"]
        eventually_(lambda: len(failures(world, arn)) >= 3, 60)
    assert world.status_once_ended(arn) == "SUCCEEDED"
    assert {error for _, error in failures(world, arn)} == {"Lambda.TooManyRequestsException"}
    assert world.entered(arn) == ["ValidateFile", "CountRecords", "StoreMetadata"]


def test_redrive_finishes_a_failed_execution_without_running_the_earlier_states_again(world):
    with broken(world, "CountRecords"):
        version = world.upload("redriven/a.csv", b"id\n1\n")
        failed = world.ended("redriven/a.csv", version)
    arn = failed["executionArn"]
    assert failed["status"] == "FAILED"
    assert world.entered(arn) == ["ValidateFile", "CountRecords"]
    (letter,) = world.dead_letters(about=arn)
    assert letter["detail"]["status"] == "FAILED"

    world.aws("stepfunctions", "redrive-execution", "--execution-arn", arn)
    assert world.status_once_ended(arn) == "SUCCEEDED"
    types = [event["type"] for event in world.history(arn)]
    assert types.count("ExecutionRedriven") == 1
    assert world.entered(arn) == ["ValidateFile", "CountRecords", "StoreMetadata"]
    assert world.describe(arn)["redriveCount"] == 1
    (key,) = world.records_of("redriven/a.csv")
    assert world.record(key)["records"] == 1


def test_a_failed_execution_does_not_stop_the_others(world):
    with broken(world, "CountRecords"):
        failing = world.upload("mixed/fails.csv", b"id\n1\n")
        rejected = world.upload("mixed/rejected.csv", b"")
        assert world.ended("mixed/fails.csv", failing)["status"] == "FAILED"
        assert world.ended("mixed/rejected.csv", rejected)["status"] == "SUCCEEDED"


def failures(world, arn):
    """State and error of every failed attempt so far."""
    return [
        (event["id"], event["taskFailedEventDetails"]["error"])
        for event in world.history(arn)
        if event["type"] == "TaskFailed"
    ]


@contextlib.contextmanager
def throttled(world, state):
    """No call of the state's function is let through: its reserved concurrency is 0."""
    lambda_ = world.client("lambda")
    name = function_of(world, state)
    lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        lambda_.delete_function_concurrency(FunctionName=name)


@contextlib.contextmanager
def broken(world, state):
    """The state's function has a handler that does not exist, as after a bad deploy."""
    lambda_ = world.client("lambda")
    name = function_of(world, state)
    handler = lambda_.get_function_configuration(FunctionName=name)["Handler"]
    lambda_.update_function_configuration(FunctionName=name, Handler="functions.gone.handler")
    try:
        yield
    finally:
        lambda_.update_function_configuration(FunctionName=name, Handler=handler)


def function_of(world, state):
    """The function that a state of the deployed machine invokes."""
    states = world.client("stepfunctions")
    described = states.describe_state_machine(stateMachineArn=world.machine)
    return json.loads(described["definition"])["States"][state]["Arguments"]["FunctionName"]


def test_the_memory_of_a_handler_does_not_grow_with_the_number_of_files(world):
    versions = [world.upload(f"memory/{n}.csv", b"id\n1\n" * 50) for n in range(300)]
    world.ended(f"memory/{len(versions) - 1}.csv", versions[-1])
    used = world.memory_used(function_of(world, "CountRecords").split(":")[-1])
    early, late = used[5:30], used[-25:]
    assert len(used) >= 300
    assert max(late) <= max(early) * 1.1
