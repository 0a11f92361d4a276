"""The world is told of every change of status, with the detail that AWS sends."""

import json

import pytest

PASS = {"Type": "Pass"}
FAIL = {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}
LIMIT = 248 * 1024


def test_the_start_and_the_end_are_told_with_awss_fields(api, world):
    machine = api.machine(PASS)
    found = api.run(machine, {"a": 1}, name="one")
    world.wait_for_status(found["executionArn"], "SUCCEEDED")
    begun, ended = world.details
    common = {
        "executionArn": found["executionArn"],
        "stateMachineArn": machine,
        "name": "one",
        "startDate": round(found["startDate"] * 1000),
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "NOT_REDRIVABLE",
        "error": None,
        "cause": None,
    }
    assert begun == {
        **common,
        "status": "RUNNING",
        "stopDate": None,
        "output": None,
        "outputDetails": None,
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
    }
    assert ended == {
        **common,
        "status": "SUCCEEDED",
        "stopDate": round(found["stopDate"] * 1000),
        "output": '{"a":1}',
        "outputDetails": {"included": True},
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


def test_a_failure_is_told_with_its_error_and_that_it_can_be_redriven(api, world):
    arn = api.run(api.machine(FAIL))["executionArn"]
    world.wait_for_status(arn, "FAILED")
    detail = world.details[-1]
    assert (detail["error"], detail["cause"]) == ("Broken", "on purpose")
    assert (detail["redriveStatus"], detail["redriveStatusReason"]) == ("REDRIVABLE", None)
    assert (detail["output"], detail["outputDetails"]) == (None, None)


def test_stops_redrives_and_time_limits_are_told(api, world, task):
    arn = api.start(api.machine(task("held", TimeoutSeconds=1)))
    world.wait_for_held()
    api("StopExecution", executionArn=arn)
    redriven = api("RedriveExecution", executionArn=arn)["redriveDate"]
    api.end(arn)
    world.wait_for_status(arn, "FAILED")
    assert world.statuses(arn) == ["RUNNING", "ABORTED", "RUNNING", "FAILED"]
    assert [each["redriveCount"] for each in world.details] == [0, 0, 1, 1]
    assert world.details[-1]["redriveDate"] == round(redriven * 1000)


def test_a_machines_own_time_limit_is_told_as_timed_out(api, world, task, row):
    definition = json.dumps({**row(task("held")), "TimeoutSeconds": 1})
    machine = api.machine(PASS)
    api("UpdateStateMachine", stateMachineArn=machine, definition=definition)
    arn = api.start(machine)
    world.wait_for_status(arn, "TIMED_OUT")
    assert api.end(arn)["status"] == "TIMED_OUT"


@pytest.mark.parametrize(
    ("given", "output", "told"),
    [
        (LIMIT - 9, 1, (True, True)),
        (LIMIT - 8, 1, (False, True)),
        (1, LIMIT - 4, (False, True)),
        (1, LIMIT - 3, (False, False)),
    ],
)
def test_data_that_does_not_fit_escaped_into_an_event_is_left_out(api, world, given, output, told):
    """Each text is a JSON string: two quotes, each escaped by a backslash, are four bytes more."""
    machine = api.machine({"Type": "Pass", "Output": "x" * output})
    arn = api.run(machine, "x" * given)["executionArn"]
    world.wait_for_status(arn, "SUCCEEDED")
    ended = world.details[-1]
    assert (ended["inputDetails"]["included"], ended["outputDetails"]["included"]) == told
    assert (ended["input"] is not None, ended["output"] is not None) == told


def test_a_listener_that_fails_does_not_stop_executions(api, world):
    world.broken_listener = True
    assert api.run(api.machine(PASS))["status"] == "SUCCEEDED"
