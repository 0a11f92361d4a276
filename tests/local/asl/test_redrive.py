"""What a redrive runs again and what it does not, state type by state type."""

import asyncio
import json

import pytest

from local.asl import TaskFailed
from tests.builders.worlds import (
    Functions,
    after,
    details,
    distributed_map,
    execution_of,
    in_virtual_time,
    inline_map,
    machine,
    no_calls,
    output_of,
    passing,
    redriven,
    task,
    types,
)

BROKEN = TaskFailed("Lambda.Unknown", "no answer")


def test_a_task_is_scheduled_and_started_again_and_earlier_states_are_not():
    functions = Functions(validate=["valid"], count=[BROKEN, 3])
    definition = machine(("Validate", task("validate")), ("Count", task("count")))
    execution = redriven(definition, {}, functions)
    assert output_of(execution) == 3
    assert functions.names() == ["validate", "count", "count"]
    assert types(execution)[-7:] == [
        "ExecutionFailed",
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_events_after_a_redrive_count_on_and_say_which_redrive_it_was():
    functions = Functions(count=[BROKEN, BROKEN, 3])
    execution = redriven(machine(("Count", task())), {}, functions, times=2)
    events = execution.history.events()
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert details(execution, "ExecutionRedriven") == [{"redriveCount": 1}, {"redriveCount": 2}]


def test_a_tasks_time_limit_starts_anew():
    functions = Functions(count=[lambda _: after(100), lambda _: after(9, "done")])
    execution = redriven(machine(("Count", task(TimeoutSeconds=10))), {}, functions)
    assert output_of(execution) == "done"


def test_the_machines_time_limit_starts_anew():
    functions = Functions(count=[lambda _: after(100), lambda _: after(9, "done")])
    execution = redriven(machine(("Count", task()), TimeoutSeconds=10), {}, functions)
    assert output_of(execution) == "done"


def test_retries_count_from_zero_again():
    functions = Functions(count=[BROKEN, BROKEN, BROKEN, BROKEN, "done"])
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
    seen = "{% $states.context.State.RetryCount %}"
    definition = machine(("Count", task(Retry=retry, Output=seen)))
    execution = redriven(definition, {}, functions)
    assert output_of(execution) == 1
    assert len(functions.calls) == 5


def test_the_context_has_a_redrive_time_only_after_a_redrive():
    told = "$states.context.Execution.{'count': RedriveCount, 'time': RedriveTime}"
    shown = f"{{% $merge([{{'count': 0, 'time': 'none'}}, {told}]) %}}"
    functions = Functions(count=[BROKEN, "done"])
    definition = machine(("Before", passing(Assign={"before": shown})), ("Count", task()))
    definition["States"]["Count"]["Output"] = {"before": "{% $before %}", "after": shown}
    seen = output_of(redriven(definition, {}, functions))
    assert seen["before"] == {"count": 0, "time": "none"}
    assert seen["after"]["count"] == 1
    assert seen["after"]["time"].startswith("20")


def test_a_pass_left_behind_by_a_failure_is_exited_and_not_entered_again():
    definition = machine(
        ("Shape", passing(Output="{% $states.context.Execution.RedriveCount = 1 ? 'ok' : $no %}"))
    )
    execution = redriven(definition, {})
    assert output_of(execution) == "ok"
    assert types(execution).count("PassStateEntered") == 1


def test_a_choice_evaluates_its_rules_again():
    choice = {
        "Type": "Choice",
        "Choices": [
            {"Condition": "{% $states.context.Execution.RedriveCount = 1 %}", "Next": "Done"}
        ],
    }
    execution = redriven(machine(("Ask", choice), ("Done", {"Type": "Succeed"})), {})
    assert execution.outcome.status == "SUCCEEDED"
    assert types(execution)[:3] == ["ExecutionStarted", "ChoiceStateEntered", "ExecutionFailed"]


def test_a_wait_whose_time_has_passed_exits_at_once():
    definition = machine(
        ("Sleep", {"Type": "Wait", "Timestamp": "2023-11-14T22:13:50Z"}), TimeoutSeconds=10
    )
    execution = execution_of(definition)

    async def main():
        await execution.run()
        await asyncio.sleep(60)
        begin = asyncio.get_running_loop().time()
        await execution.redrive()
        return asyncio.get_running_loop().time() - begin

    assert in_virtual_time(main()) == 0
    assert execution.outcome.status == "SUCCEEDED"


def test_a_fail_state_is_entered_again_and_fails_again():
    execution = redriven(machine(("Stop", {"Type": "Fail", "Error": "Bad", "Cause": "day"})))
    assert (execution.outcome.status, execution.outcome.error) == ("FAILED", "Bad")
    assert types(execution)[2:] == [
        "ExecutionFailed",
        "ExecutionRedriven",
        "FailStateEntered",
        "ExecutionFailed",
    ]


def test_a_parallel_goes_on_with_the_branches_that_did_not_succeed():
    functions = Functions(left=["left"], right=[BROKEN, "right"])
    branches = [machine(("Left", task("left"))), machine(("Right", task("right")))]
    definition = machine(("Both", {"Type": "Parallel", "Branches": branches}))
    execution = redriven(definition, {}, functions)
    assert output_of(execution) == ["left", "right"]
    assert functions.names() == ["left", "right", "right"]
    assert types(execution).count("ParallelStateStarted") == 1


def test_a_branch_that_was_cut_off_goes_on_in_its_state():
    functions = Functions(left=["left"], right=[BROKEN, "right"])
    left = machine(("Sleep", {"Type": "Wait", "Seconds": 5}), ("Left", task("left")))
    branches = [left, machine(("Right", task("right")))]
    definition = machine(("Both", {"Type": "Parallel", "Branches": branches}))
    execution = redriven(definition, {}, functions)
    assert output_of(execution) == ["left", "right"]
    assert types(execution).count("WaitStateEntered") == 1


def test_an_inline_map_goes_on_with_the_iterations_that_did_not_succeed():
    def double(payload):
        if payload == 3 and functions.payloads().count(3) == 1:
            raise BROKEN
        return payload * 2

    functions = Functions(double=[double])
    definition = machine(
        ("Each", inline_map(("Double", task("double")), Items=[1, 2, 3, 4], MaxConcurrency=1))
    )
    execution = redriven(definition, {}, functions)
    assert output_of(execution) == [2, 4, 6, 8]
    assert functions.payloads() == [1, 2, 3, 3, 4]


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
def test_after_too_large_an_output_the_whole_state_runs_again(kind):
    functions = Functions(big=["x" * 150_000, "x" * 150_000, "small"])
    inner = machine(("Big", task("big")))
    states = {
        "Map": {"Type": "Map", "Items": [1, 2], "ItemProcessor": inner},
        "Parallel": {
            "Type": "Parallel",
            "Branches": [inner, machine(("Second", task("big")))],
        },
    }
    execution = redriven(machine(("Twice", states[kind])), {}, functions)
    assert output_of(execution) == ["small", "small"]
    assert len(functions.calls) == 4


def flaky(functions, bad):
    """A function's answer that fails for one input once."""

    def answer(payload):
        if payload == bad and functions.calls.count(("each", bad)) == 1:
            raise BROKEN
        return payload

    functions.scripts["each"] = [answer]
    return functions


@pytest.mark.parametrize(("kind", "firsts"), [("EXPRESS", 2), ("STANDARD", 1)])
def test_a_distributed_map_runs_unsuccessful_children_only(kind, firsts):
    functions = flaky(Functions(first=["ready"], each=[]), 2)
    first = task("first", Output="{% $states.input %}")
    state = distributed_map(
        ("First", first), ("Each", task("each")), kind=kind, Items=[1, 2, 3], MaxConcurrency=1
    )
    execution = redriven(machine(("All", state)), {}, functions)
    assert output_of(execution) == [1, 2, 3]
    assert functions.calls.count(("first", 2)) == firsts
    assert [payload for name, payload in functions.calls if name == "each"] == [1, 2, 2, 3]
    run = execution.supervisor.map_runs[0]
    assert (run.status, run.redrive_count, run.items["succeeded"]) == ("SUCCEEDED", 1, 3)
    assert details(execution, "MapRunRedriven") == [{"mapRunArn": run.arn, "redriveCount": 1}]


def test_a_standard_child_that_was_cut_off_goes_on_in_its_state():
    async def answer(payload):
        await asyncio.sleep(payload)
        if payload == 1 and functions.calls.count(("each", 1)) == 1:
            raise BROKEN
        return payload

    functions = Functions(first=["ready"], each=[answer])
    first = task("first", Output="{% $states.input %}")
    state = distributed_map(
        ("First", first), ("Each", task("each")), kind="STANDARD", Items=[1, 60]
    )
    execution = redriven(machine(("All", state)), {}, functions)
    assert output_of(execution) == [1, 60]
    assert functions.names().count("first") == 2
    cut_off = execution.supervisor.children[1]
    assert [name for name in types(cut_off) if name.startswith("Execution")] == [
        "ExecutionStarted",
        "ExecutionAborted",
        "ExecutionRedriven",
        "ExecutionSucceeded",
    ]


def test_the_list_of_items_is_not_read_again_once_children_started():
    listed = []

    def invoke(request):
        if request.service == "s3":
            listed.append(request)
            return {"Body": json.dumps([1, 2, 3])}
        return functions(request)

    functions = flaky(Functions(each=[]), 2)
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "JSON"},
    }
    state = distributed_map(("Each", task("each")), ItemReader=reader)
    execution = redriven(machine(("All", state)), {}, invoke)
    assert output_of(execution) == [1, 2, 3]
    assert len(listed) == 1


def test_an_aborted_execution_goes_on_in_its_state():
    execution = execution_of(machine(("Sleep", {"Type": "Wait", "Seconds": 10})), {}, no_calls)

    async def main():
        running = asyncio.ensure_future(execution.run())
        await asyncio.sleep(3)
        execution.abort("Stopped", "by hand")
        aborted = await running
        return aborted, await execution.redrive()

    aborted, finished = in_virtual_time(main())
    assert (aborted.status, aborted.error, aborted.cause) == ("ABORTED", "Stopped", "by hand")
    assert finished.status == "SUCCEEDED"


@pytest.mark.parametrize("kind", ["Map", "Distributed", "Parallel"])
def test_a_state_whose_output_failed_runs_none_of_its_branches_again(kind):
    functions = Functions(each=["done"])
    inner = ("Each", task("each"))
    states = {
        "Map": inline_map(inner, Items=[1, 2]),
        "Distributed": distributed_map(inner, Items=[1, 2]),
        "Parallel": {
            "Type": "Parallel",
            "Branches": [machine(inner), machine(("Other", task("each")))],
        },
    }
    output = "{% $states.context.Execution.RedriveCount = 0 ? $no : $states.result %}"
    execution = redriven(machine(("Twice", {**states[kind], "Output": output})), {}, functions)
    assert output_of(execution) == ["done", "done"]
    assert len(functions.calls) == 2
