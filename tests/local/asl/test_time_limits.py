"""Waiting and running out of time, in virtual time: hours take milliseconds."""

import asyncio
import time

import pytest

from local.asl import TaskFailed
from tests.builders.worlds import (
    Functions,
    after,
    details,
    distributed_map,
    execution_of,
    in_virtual_time,
    machine,
    output_of,
    run,
    task,
    types,
)


def duration(execution):
    events = execution.history.events()
    return events[-1]["timestamp"] - events[0]["timestamp"]


def test_an_hour_of_backoff_is_instant():
    functions = Functions(count=[TaskFailed("Slow", "")] * 6 + ["done"])
    retry = [{"ErrorEquals": ["Slow"], "IntervalSeconds": 60, "MaxAttempts": 6}]
    begin = time.monotonic()
    execution = run(machine(("Count", task(Retry=retry))), {}, functions)
    assert output_of(execution) == "done"
    assert duration(execution) == 60 * (1 + 2 + 4 + 8 + 16 + 32)
    assert time.monotonic() - begin < 60


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ({"Seconds": 90}, 90),
        ({"Seconds": "{% $states.input.seconds %}"}, 5),
        ({"Seconds": 0}, 0),
        ({"Timestamp": "2023-11-14T22:14:20Z"}, 60),
        ({"Timestamp": "2023-11-14T23:14:20.500+01:00"}, 60.5),
        ({"Timestamp": "2001-01-01T00:00:00Z"}, 0),
    ],
)
def test_a_wait_lasts_as_long_as_it_says(field, seconds):
    execution = run(machine(("Sleep", {"Type": "Wait", **field})), {"seconds": 5})
    assert execution.outcome.status == "SUCCEEDED"
    assert duration(execution) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize("seconds", ["'5'", "-1", "true", "100000000"])
def test_a_wait_of_no_sensible_length_is_an_evaluation_error(seconds):
    definition = machine(("Sleep", {"Type": "Wait", "Seconds": f"{{% {seconds} %}}"}))
    execution = run(definition, {})
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "Seconds"


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ({}, "TaskTimedOut"),
        (
            {
                "Resource": "arn:aws:lambda:us-east-1:111111111111:function:count",
                "Arguments": "{% $states.input %}",
                "Output": 1,
            },
            "LambdaFunctionTimedOut",
        ),
    ],
)
def test_a_task_that_takes_too_long_fails_with_states_timeout(resource, kind):
    slow = [lambda _: after(3600)]
    functions = Functions(count=slow)
    functions.scripts["arn:aws:lambda:us-east-1:111111111111:function:count"] = slow
    execution = run(machine(("Count", task(TimeoutSeconds=5, **resource))), {}, functions)
    assert (execution.outcome.status, execution.outcome.error) == ("FAILED", "States.Timeout")
    assert details(execution, kind)[0]["error"] == "States.Timeout"
    assert details(execution, "ExecutionFailed") == [{"error": "States.Timeout"}]
    assert duration(execution) == 5


def test_a_time_limit_can_be_computed():
    functions = Functions(count=[lambda _: after(3600)])
    definition = machine(("Count", task(TimeoutSeconds="{% $states.input * 2 %}")))
    assert duration(run(definition, 4, functions)) == 8


def test_a_time_limit_that_is_no_number_is_an_evaluation_error():
    definition = machine(("Count", task(TimeoutSeconds="{% 'soon' %}")))
    execution = run(definition, {}, Functions(count=[1]))
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "TimeoutSeconds"


def test_an_execution_that_takes_too_long_times_out_without_an_error():
    execution = run(machine(("Sleep", {"Type": "Wait", "Seconds": 100}), TimeoutSeconds=10), {})
    assert (execution.outcome.status, execution.outcome.error) == ("TIMED_OUT", None)
    assert types(execution)[-1] == "ExecutionTimedOut"
    assert duration(execution) == 10


def test_a_socket_that_times_out_is_not_the_tasks_time_limit():
    functions = Functions(count=[TimeoutError("read timed out")])
    execution = run(machine(("Count", task(TimeoutSeconds=60))), {}, functions)
    assert execution.outcome.error == "States.Runtime"


def test_an_express_child_runs_five_minutes_at_most():
    functions = Functions(each=[lambda _: after(301)])
    state = distributed_map(("Each", task("each")), Items=[1])
    execution = run(machine(("All", state)), {}, functions)
    assert execution.outcome.error == "States.ExceedToleratedFailureThreshold"
    assert execution.supervisor.map_runs[0].items["timedOut"] == 1


def waiting(**fields):
    """A task that waits for its token."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": "q", "MessageBody": "{% $states.context.Task.Token %}"},
        **fields,
    }


def answered(definition, answer, delay=30):
    """Run a definition whose task's token is answered after a while."""
    sent = []

    def invoke(request):
        sent.append(request)
        return {"MessageId": "m"}

    execution = execution_of(definition, {}, invoke)

    async def main():
        running = asyncio.ensure_future(execution.run())
        await asyncio.sleep(delay)
        answer(execution.supervisor.tokens[0])
        await running

    in_virtual_time(main())
    assert sent[0].arguments["MessageBody"] == "token-0"
    assert execution.supervisor.tokens == []
    return execution


def test_a_waiting_task_ends_with_what_its_token_is_answered():
    execution = answered(
        machine(("Ask", waiting())), lambda token: token.result.set_result({"yes": 1})
    )
    assert output_of(execution) == {"yes": 1}
    assert types(execution)[2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert details(execution, "TaskScheduled")[0]["resource"] == "sendMessage.waitForTaskToken"


def test_a_waiting_task_fails_with_the_error_its_token_is_answered():
    refused = TaskFailed("Refused", "by hand")
    execution = answered(
        machine(("Ask", waiting())), lambda token: token.result.set_exception(refused)
    )
    assert (execution.outcome.error, execution.outcome.cause) == ("Refused", "by hand")


@pytest.mark.parametrize("wanted", ["States.Timeout", "States.HeartbeatTimeout", "States.ALL"])
def test_a_missed_heartbeat_is_recorded_as_states_timeout_and_caught_by_either_name(wanted):
    catch = [{"ErrorEquals": [wanted], "Next": "Late"}]
    definition = machine(
        ("Ask", waiting(HeartbeatSeconds=5, TimeoutSeconds=600, Catch=catch, End=True)),
        ("Late", {"Type": "Succeed"}),
    )
    execution = run(definition, {}, lambda request: {"MessageId": "m"})
    assert output_of(execution) == {"Error": "States.Timeout"}
    assert details(execution, "TaskTimedOut")[0]["error"] == "States.Timeout"
    assert details(execution, "TaskScheduled")[0]["heartbeatInSeconds"] == 5


def test_a_heartbeat_starts_the_limit_anew():
    execution = execution_of(
        machine(("Ask", waiting(HeartbeatSeconds=5))), {}, lambda request: {"MessageId": "m"}
    )

    async def main():
        running = asyncio.ensure_future(execution.run())
        for _ in range(4):
            await asyncio.sleep(4)
            execution.supervisor.tokens[0].beat.set()
        await asyncio.sleep(4)
        execution.supervisor.tokens[0].result.set_result("done")
        await running

    in_virtual_time(main())
    assert output_of(execution) == "done"


def test_an_abort_ends_a_call_that_is_under_way():
    ended = []

    async def long(_):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            ended.append("call")
            raise

    functions = Functions(count=[long])
    execution = execution_of(machine(("Count", task())), {}, functions)

    async def main():
        running = asyncio.ensure_future(execution.run())
        await asyncio.sleep(1)
        execution.abort()
        return await running

    assert in_virtual_time(main()).status == "ABORTED"
    assert ended == ["call"]
    assert types(execution)[-1] == "ExecutionAborted"


def test_an_abort_before_the_first_step_ends_the_execution_too():
    execution = execution_of(machine(("Count", task())), {}, Functions(count=[1]))

    async def main():
        running = asyncio.ensure_future(execution.run())
        execution.abort("Stopped", "at once")
        return await running

    assert in_virtual_time(main()).status == "ABORTED"
    assert types(execution) == ["ExecutionStarted", "ExecutionAborted"]


@pytest.mark.parametrize(
    "text",
    ["2023-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "{% '2023-11-14' %}", "{% 'soon' %}"],
)
def test_a_timestamp_that_is_no_moment_is_an_evaluation_error(text):
    execution = run(machine(("Sleep", {"Type": "Wait", "Timestamp": text})), {})
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "Timestamp"
