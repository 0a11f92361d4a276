"""CloudWatch Logs of a state machine: the levels, with and without data, and redrives."""

import json

import pytest

PASS = {"Type": "Pass"}
FAIL = {"Type": "Fail", "Error": "Broken"}
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/machine:*"


@pytest.fixture
def logged(api):
    """Makes a machine with such a level; what was written, as JSON."""

    def machine(*states, level, data=False):
        destinations = [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}]
        settings = {"level": level, "includeExecutionData": data, "destinations": destinations}
        return api.machine(*states, loggingConfiguration=settings)

    return machine


def lines(api, arn):
    """The lines of an execution, once it ended."""
    api.end(arn)
    written = [json.loads(line) for group, _, line in api.lines]
    return [line for line in written if line["execution_arn"] == arn]


def test_every_event_is_written_as_aws_writes_it(api, logged):
    arn = api.start(logged(PASS, level="ALL", data=True), {"a": 1})
    found = lines(api, arn)
    assert [line["type"] for line in found] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert abs(int(found[1].pop("event_timestamp")) / 1000 - api.world.now()) < 60
    assert found[1] == {
        "id": "2",
        "type": "PassStateEntered",
        "details": {"name": "A", "input": '{"a":1}', "inputDetails": {"truncated": False}},
        "previous_event_id": "0",
        "execution_arn": arn,
        "redrive_count": "0",
    }
    group, stream, _ = api.lines[0]
    assert group == "/aws/vendedlogs/machine"
    assert stream.startswith("states/machine/")


def test_without_data_the_lines_have_none(api, logged, task):
    found = lines(api, api.start(logged(task(), level="ALL"), {"a": 1}))
    assert found[1]["details"] == {"name": "A"}
    assert found[-1]["details"] == {}
    kept = {name for line in found for name in line["details"]}
    assert kept == {"name", "resource", "resourceType", "region", "roleArn"}


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_a_level_leaves_out_what_is_less_than_it(api, logged, level, expected):
    found = lines(api, api.start(logged(PASS, FAIL, level=level)))
    assert [line["type"] for line in found] == expected


def test_an_execution_that_succeeds_writes_no_errors(api, logged):
    assert lines(api, api.start(logged(PASS, level="ERROR"))) == []


def test_a_redrive_writes_only_what_is_new(api, world, logged, task, fail_once):
    world.functions["once"] = fail_once()
    arn = api.start(logged(task("once"), level="ALL"))
    api.end(arn)
    api("RedriveExecution", executionArn=arn)
    found = lines(api, arn)
    assert [int(line["id"]) for line in found] == list(range(1, len(found) + 1))
    assert [line["redrive_count"] for line in found] == ["0"] * 6 + ["1"] * (len(found) - 6)
    assert found[6]["type"] == "ExecutionRedriven"


def test_a_log_that_cannot_be_written_does_not_stop_executions(api, logged, caplog):
    api.broken_log = True
    arn = api.start(logged(PASS, level="ALL"))
    assert api.end(arn)["status"] == "SUCCEEDED"
    assert f"the history of {arn} could not be logged" in caplog.text
