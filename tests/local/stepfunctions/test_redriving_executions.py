"""RedriveExecution: who may be redriven, from where it goes on, and asking twice."""

import pytest

PASS = {"Type": "Pass"}
FAIL = {"Type": "Fail", "Error": "Broken"}
DAY = 86_400


@pytest.fixture
def failed(api, world, task, fail_once):
    """An execution that failed in its second state and will not fail there again."""
    world.functions["once"] = fail_once()
    return api.run(api.machine(task(), task("once"), PASS), {"a": 1})["executionArn"]


def test_a_redrive_goes_on_at_the_state_that_failed(api, world, failed):
    before = api.events(failed)
    api("RedriveExecution", executionArn=failed)
    assert api.end(failed)["status"] == "SUCCEEDED"
    after = api.events(failed)
    assert after[: len(before)] == before
    assert [event["type"] for event in after[len(before) :]] == [
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert after[len(before)]["executionRedrivenEventDetails"] == {"redriveCount": 1}
    assert [event["id"] for event in after] == list(range(1, len(after) + 1))
    names = [request.arguments["FunctionName"] for request in world.requests]
    assert names == ["echo", "once", "once"]


def test_a_redriven_execution_says_so(api, failed):
    before = api("DescribeExecution", executionArn=failed)
    assert (before["redriveCount"], before["redriveStatus"]) == (0, "REDRIVABLE")
    assert not {"redriveDate", "redriveStatusReason"} & before.keys()
    answer = api("RedriveExecution", executionArn=failed)
    after = api.end(failed)
    assert after["redriveCount"] == 1
    assert after["redriveDate"] == answer["redriveDate"]
    assert (after["startDate"], after["input"]) == (before["startDate"], before["input"])
    assert (after["status"], after["output"]) == ("SUCCEEDED", '{"a":1}')
    assert not {"error", "cause"} & after.keys()
    assert after["redriveStatus"] == "NOT_REDRIVABLE"


def test_a_redrive_that_fails_can_be_redriven_again(api, world, task):
    world.functions["broken"] = lambda payload: payload["none"]
    arn = api.run(api.machine(task("broken")))["executionArn"]
    for count in (1, 2, 3):
        api("RedriveExecution", executionArn=arn)
        found = api.end(arn)
        assert (found["status"], found["redriveCount"]) == ("FAILED", count)


@pytest.mark.parametrize("how", ["stopped", "timed out"])
def test_aborted_and_timed_out_executions_are_redrivable(api, world, task, how):
    limit = {"TimeoutSeconds": 1} if how == "timed out" else {}
    machine = api.machine(task("held", **limit))
    arn = api.start(machine)
    world.wait_for_held()
    if how == "stopped":
        api("StopExecution", executionArn=arn)
    assert api.end(arn)["redriveStatus"] == "REDRIVABLE"
    api("RedriveExecution", executionArn=arn)
    world.wait_for_held(2)
    world.release()
    assert api.end(arn)["status"] == "SUCCEEDED"


def test_a_redriven_execution_is_found_under_its_status(api, world, task):
    machine = api.machine(task("held"))
    arns = [api.start(machine) for _ in range(3)]
    world.wait_for_held(3)
    for arn in arns:
        api("StopExecution", executionArn=arn)
    api("RedriveExecution", executionArn=arns[1])

    def listed(status):
        found = api("ListExecutions", stateMachineArn=machine, statusFilter=status)
        return [(each["executionArn"], each["redriveCount"]) for each in found["executions"]]

    assert listed("RUNNING") == [(arns[1], 1)]
    assert listed("ABORTED") == [(arns[2], 0), (arns[0], 0)]


def test_the_same_client_token_redrives_once(api, world, task):
    world.functions["broken"] = lambda payload: payload["none"]
    arn = api.run(api.machine(task("broken")))["executionArn"]
    first = api("RedriveExecution", executionArn=arn, clientToken="t")
    api.end(arn)
    again = api("RedriveExecution", executionArn=arn, clientToken="t")
    assert again == first
    assert api.end(arn)["redriveCount"] == 1
    api("RedriveExecution", executionArn=arn, clientToken="u")
    assert api.end(arn)["redriveCount"] == 2


def test_a_client_token_is_good_for_15_minutes(api, world, task):
    world.functions["broken"] = lambda payload: payload["none"]
    arn = api.run(api.machine(task("broken")))["executionArn"]
    api("RedriveExecution", executionArn=arn, clientToken="t")
    api.end(arn)
    world.ahead = 15 * 60 + 1
    api("RedriveExecution", executionArn=arn, clientToken="t")
    assert api.end(arn)["redriveCount"] == 2


def test_the_last_ten_client_tokens_are_known(api, world, task):
    world.functions["broken"] = lambda payload: payload["none"]
    arn = api.run(api.machine(task("broken")))["executionArn"]
    for number in range(11):
        api("RedriveExecution", executionArn=arn, clientToken=f"t{number}")
        api.end(arn)
    api("RedriveExecution", executionArn=arn, clientToken="t1")
    assert api.end(arn)["redriveCount"] == 11
    api("RedriveExecution", executionArn=arn, clientToken="t0")
    assert api.end(arn)["redriveCount"] == 12


def test_a_client_token_with_a_space_is_refused(api, failed):
    refused = api.refused("RedriveExecution", executionArn=failed, clientToken="a b")
    assert refused[0] == "ValidationException"


def refusal(api, arn):
    """Why a redrive is refused; DescribeExecution must give the same reason."""
    found = api("DescribeExecution", executionArn=arn)
    code, message = api.refused("RedriveExecution", executionArn=arn)
    assert code == "ExecutionNotRedrivable"
    assert found["redriveStatus"] == "NOT_REDRIVABLE"
    assert found["redriveStatusReason"] == message
    return message


def test_what_runs_or_succeeded_is_not_redriven(api, world, task):
    machine = api.machine(task("held"))
    arn = api.start(machine)
    world.wait_for_held()
    assert refusal(api, arn) == "Execution is RUNNING and cannot be redriven"
    world.release()
    api.end(arn)
    assert refusal(api, arn) == "Execution is SUCCEEDED and cannot be redriven"


def test_after_14_days_an_execution_is_not_redriven(api, world, failed):
    world.ahead = 14 * DAY - 60
    assert api("DescribeExecution", executionArn=failed)["redriveStatus"] == "REDRIVABLE"
    world.ahead = 14 * DAY + 60
    assert refusal(api, failed) == "Execution redrivable period exceeded"


def test_an_execution_open_for_a_year_is_not_redriven(api, world, task):
    machine = api.machine(task("held"))
    arn = api.start(machine)
    world.wait_for_held()
    world.ahead = 366 * DAY
    api("StopExecution", executionArn=arn)
    assert refusal(api, arn) == "Execution has exceeded the max execution time"


def test_an_execution_with_too_many_events_is_not_redriven(api, failed, monkeypatch):
    monkeypatch.setattr("local.stepfunctions.redrive.EVENTS", len(api.events(failed)) + 1)
    assert api("DescribeExecution", executionArn=failed)["redriveStatus"] == "REDRIVABLE"
    monkeypatch.setattr("local.stepfunctions.redrive.EVENTS", len(api.events(failed)))
    assert refusal(api, failed) == "Execution history event limit exceeded"
