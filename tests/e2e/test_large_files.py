"""Files over the limit of one call: counted in byte ranges, as exactly and as safely as others."""

import contextlib
import gzip
import json

import pytest

LIMIT = 4_000
RANGES = ["ValidateFile", "CountRecords", "CountRanges", "MergeRanges", "StoreMetadata"]
ROWS = "".join(f'{n},"two\nlines, and ""quotes""\r\nof {n}"\r\n' for n in range(400))
TABLE = f"\ufeffid,the note\r\n{ROWS}".encode()


@pytest.fixture(scope="module", autouse=True)
def a_low_limit(world):
    with changed(world, "CountRecords", LARGE_FILE_BYTES=str(LIMIT)):
        yield


@contextlib.contextmanager
def changed(world, state, **variables):
    """The state's function has other environment variables."""
    lambda_, name = world.client("lambda"), function_of(world, state)
    before = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    now = {"Variables": {**before, **variables}}
    lambda_.update_function_configuration(FunctionName=name, Environment=now)
    try:
        yield
    finally:
        lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def function_of(world, state):
    """The function that a state of the deployed machine invokes, in a Map or not."""
    described = world.client("stepfunctions").describe_state_machine(stateMachineArn=world.machine)
    states = json.loads(described["definition"])["States"]
    states |= states["CountRanges"]["ItemProcessor"]["States"]
    return states[state]["Arguments"]["FunctionName"]


def counted(world, key, body):
    """The states that an upload goes through, and its record."""
    execution = world.ended(key, world.upload(key, body))
    assert execution["status"] == "SUCCEEDED"
    return world.entered(execution["executionArn"]), json.loads(execution["output"])


def test_a_large_table_is_counted_in_ranges_and_its_record_says_all(world):
    states, record = counted(world, "large/a.csv", TABLE)
    assert states == RANGES
    assert (record["status"], record["records"], record["ragged_rows"]) == ("processed", 400, 0)
    assert record["columns"] == ["id", "the note"]
    assert record["uncompressed_bytes"] == record["size_bytes"] == len(TABLE)
    (key,) = world.records_of("large/a.csv")
    assert world.record(key) == record


def test_a_large_file_has_the_record_of_a_small_one(world):
    with changed(world, "CountRecords", LARGE_FILE_BYTES="0"):
        states, small = counted(world, "large/same.csv", TABLE)
    assert states == ["ValidateFile", "CountRecords", "StoreMetadata"]
    _, large = counted(world, "large/same.csv", TABLE)
    of_its_own = {"version_id", "uploaded_at", "processed_at", "execution_arn"}
    assert {name: large[name] for name in large.keys() - of_its_own} == {
        name: small[name] for name in small.keys() - of_its_own
    }


def test_a_bad_line_of_a_large_file_is_rejected_by_its_number(world):
    lines = [b'{"a": 1}\n'] * 2_000
    lines[1_234] = b"{]\n"
    states, record = counted(world, "large/bad.jsonl", b"".join(lines))
    assert states == [*RANGES[:4], "RecordRejection", "SendToDeadLetterQueue", "FileRejected"]
    assert record["error"]["code"] == "MALFORMED_JSON"
    assert record["error"]["message"].startswith("line 1,235 is not JSON")
    (letter,) = world.dead_letters(about="large/bad.jsonl")
    assert letter["code"] == "MALFORMED_JSON"


def test_a_large_file_that_cannot_be_cut_is_too_large(world):
    body = gzip.compress(TABLE, compresslevel=0)
    _, record = counted(world, "large/a.csv.gz", body)
    assert record["error"]["code"] == "TOO_LARGE"


def test_a_range_that_failed_is_counted_by_a_redrive(world):
    lambda_, name = world.client("lambda"), function_of(world, "CountRange")
    handler = lambda_.get_function_configuration(FunctionName=name)["Handler"]
    lambda_.update_function_configuration(FunctionName=name, Handler="functions.gone.handler")
    try:
        failed = world.ended(
            "large/redriven.txt", world.upload("large/redriven.txt", b"x\n" * 4000)
        )
    finally:
        lambda_.update_function_configuration(FunctionName=name, Handler=handler)
    arn = failed["executionArn"]
    assert (failed["status"], world.entered(arn)[-1]) == ("FAILED", "CountRanges")
    world.client("stepfunctions").redrive_execution(executionArn=arn)
    assert world.status_once_ended(arn) == "SUCCEEDED"
    assert world.entered(arn) == RANGES
    assert json.loads(world.describe(arn)["output"])["records"] == 4_000
