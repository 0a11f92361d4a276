"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

import pytest

SEND = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Arguments": {
        "QueueUrl": "queue",
        "MessageBody": {"token": "{% $states.context.Task.Token %}"},
    },
}


@pytest.fixture
def waiting(api, world):
    """Starts an execution that waits for a token; the execution's ARN and the token."""

    def start(**more):
        number = len(world.requests)
        arn = api.start(api.machine({**SEND, **more}, name=f"m{number}"))
        while len(world.requests) == number:
            api("DescribeExecution", executionArn=arn)
        return arn, world.requests[number].arguments["MessageBody"]["token"]

    return start


def test_success_is_the_tasks_result(api, waiting):
    arn, token = waiting()
    assert api("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    assert api("SendTaskSuccess", taskToken=token, output='{"b": 2}') == {}
    found = api.end(arn)
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"b":2}')


def test_failure_is_the_tasks_error(api, waiting):
    arn, token = waiting()
    api("SendTaskFailure", taskToken=token, error="Refused", cause="by hand")
    found = api.end(arn)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Refused", "by hand")


def test_a_failure_that_says_nothing_leaves_error_and_cause_out(api, waiting):
    arn, token = waiting()
    api("SendTaskFailure", taskToken=token)
    found = api.end(arn)
    assert (found["status"], "error" in found, "cause" in found) == ("FAILED", False, False)
    failed = next(event for event in api.events(arn) if event["type"] == "TaskFailed")
    told = {"resource": "sendMessage.waitForTaskToken", "resourceType": "sqs"}
    assert failed["taskFailedEventDetails"] == told


def test_each_waiting_task_has_a_token_of_its_own(api, waiting):
    (first, token), (second, other) = waiting(), waiting()
    assert token != other
    api("SendTaskSuccess", taskToken=other, output="2")
    assert api.end(second)["output"] == "2"
    api("SendTaskSuccess", taskToken=token, output="1")
    assert api.end(first)["output"] == "1"


def test_heartbeats_keep_a_task_waiting_beyond_its_limit(api, waiting):
    arn, token = waiting(HeartbeatSeconds=2)
    deadline = api.world.now() + 2.5
    while api.world.now() < deadline:
        assert api("SendTaskHeartbeat", taskToken=token) == {}
    assert api("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    api("SendTaskSuccess", taskToken=token, output="1")
    assert api.end(arn)["status"] == "SUCCEEDED"


def test_without_heartbeats_a_task_times_out_and_its_token_is_over(api, waiting):
    arn, token = waiting(HeartbeatSeconds=1)
    assert api.end(arn)["error"] == "States.Timeout"
    refused = api.refused("SendTaskHeartbeat", taskToken=token)
    assert refused == ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


@pytest.mark.parametrize("how", ["answered", "stopped"])
def test_a_token_is_good_once(api, waiting, how):
    arn, token = waiting()
    if how == "answered":
        api("SendTaskSuccess", taskToken=token, output="1")
    else:
        api("StopExecution", executionArn=arn)
    for operation, more in (
        ("SendTaskSuccess", {"output": "2"}),
        ("SendTaskFailure", {}),
        ("SendTaskHeartbeat", {}),
    ):
        refused = api.refused(operation, taskToken=token, **more)
        assert refused == ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U=", "A" * 200, "\N{SNOWMAN}"])
def test_a_token_that_was_never_given_is_invalid(api, token):
    refused = api.refused("SendTaskSuccess", taskToken=token, output="1")
    assert refused == ("InvalidToken", "Invalid Token: 'Invalid token'")


def test_an_output_that_is_not_json_is_refused_and_the_task_waits_on(api, waiting):
    arn, token = waiting()
    assert api.refused("SendTaskSuccess", taskToken=token, output="{")[0] == "InvalidOutput"
    api("SendTaskSuccess", taskToken=token, output="1")
    assert api.end(arn)["output"] == "1"
