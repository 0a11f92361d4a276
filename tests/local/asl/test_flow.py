"""Choice, Parallel, inline Map, variables: how an execution goes from state to state."""

import asyncio

import pytest

from local.asl import TaskFailed
from tests.builders.worlds import (
    Functions,
    after,
    details,
    execution_of,
    in_virtual_time,
    inline_map,
    machine,
    output_of,
    passing,
    run,
    task,
    types,
)

BROKEN = TaskFailed("Broken", "why")


def choosing(*conditions, **fields):
    rules = [
        {"Condition": text, "Next": "Rule", "Output": number}
        for number, text in enumerate(conditions)
    ]
    choice = {"Type": "Choice", "Choices": rules, **fields}
    return machine(("Ask", choice), ("Rule", {"Type": "Succeed"}))


def test_a_choice_takes_the_first_true_rule():
    definition = choosing("{% false %}", "{% $states.input > 3 %}", "{% true %}")
    assert output_of(run(definition, 5)) == 1


def test_a_choice_without_a_true_rule_takes_its_default():
    definition = choosing("{% false %}", Default="Rule", Output="default")
    assert output_of(run(definition, 5)) == "default"


def test_a_choice_without_any_way_fails():
    assert run(choosing("{% false %}"), 5).outcome.error == "States.NoChoiceMatched"


@pytest.mark.parametrize("condition", ["{% 1 %}", "{% 'true' %}", "{% null %}", "{% [] %}"])
def test_a_condition_must_be_true_or_false(condition):
    execution = run(choosing(condition), 5)
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "Choices[0]/Condition"


def test_assign_and_output_are_evaluated_on_the_values_at_entry():
    definition = machine(
        ("Set", passing(Assign={"n": 1})),
        ("Both", passing(Assign={"n": "{% $n + 1 %}", "m": "{% $n %}"}, Output="{% $n %}")),
        ("Show", passing(Output="{% [$states.input, $n, $m] %}")),
    )
    assert output_of(run(definition, {})) == [1, 2, 1]


def test_an_inner_scope_reads_outer_variables_and_keeps_its_own():
    inner = inline_map(
        ("Inner", passing(Assign={"own": "{% $states.input + $outer %}"})),
        ("Show", passing(Output="{% $own %}")),
        Items=[1, 2],
        Output={"found": "{% $states.result %}", "own": "{% $exists($own) %}"},
    )
    definition = machine(("Set", passing(Assign={"outer": 10})), ("Each", inner))
    assert output_of(run(definition, {})) == {"found": [11, 12], "own": False}


def test_a_branch_sees_no_variable_of_its_sibling():
    left = machine(("Left", passing(Assign={"x": 1})), ("LeftEnd", passing(Output="{% $x %}")))
    right = machine(
        ("Sleep", {"Type": "Wait", "Seconds": 1}), ("Right", passing(Output="{% $exists($x) %}"))
    )
    definition = machine(("Both", {"Type": "Parallel", "Branches": [left, right]}))
    assert output_of(run(definition, {})) == [1, False]


def test_branches_run_side_by_side_on_the_same_arguments():
    functions = Functions(left=[lambda p: after(2, p)], right=[lambda p: after(3, p)])
    branches = [machine(("Left", task("left"))), machine(("Right", task("right")))]
    state = {"Type": "Parallel", "Branches": branches, "Arguments": {"a": "{% $states.input %}"}}
    execution = run(machine(("Both", state)), 1, functions)
    assert output_of(execution) == [{"a": 1}, {"a": 1}]
    events = execution.history.events()
    assert events[-1]["timestamp"] - events[0]["timestamp"] == 3


def test_the_first_error_of_a_branch_ends_the_others():
    ended = []

    async def slow(_):
        try:
            await asyncio.sleep(100)
        finally:
            ended.append("slow")

    async def soon(_):
        await asyncio.sleep(1)
        raise BROKEN

    functions = Functions(left=[slow], right=[soon])
    branches = [machine(("Left", task("left"))), machine(("Right", task("right")))]
    catch = [{"ErrorEquals": ["Broken"], "Next": "Caught"}]
    definition = machine(
        ("Both", {"Type": "Parallel", "Branches": branches, "Catch": catch, "End": True}),
        ("Caught", {"Type": "Succeed", "Output": "{% $states.input.Error %}"}),
    )
    execution = run(definition, {}, functions)
    assert output_of(execution) == "Broken"
    assert ended == ["slow"]
    assert types(execution).count("TaskStateAborted") == 2


def test_the_events_of_cut_off_iterations_follow_the_failure_as_on_aws():
    async def soon(payload):
        await asyncio.sleep(1)
        if payload == 0:
            raise BROKEN
        await asyncio.sleep(1)

    state = inline_map(("Each", task("each")), Items=[0, 1])
    execution = run(machine(("All", state)), {}, Functions(each=[soon]))
    events = execution.history.events()
    (failure,) = [event["id"] for event in events if event["type"] == "TaskFailed"]
    ends = events[failure:]
    assert [event["type"] for event in ends] == [
        "MapIterationFailed",
        "TaskStateAborted",
        "MapIterationAborted",
        "TaskStateAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert {event["previousEventId"] for event in ends[:-1]} == {failure}


def test_an_inline_map_runs_forty_iterations_at_most_at_once():
    running, most = [], []

    async def answer(payload):
        running.append(payload)
        most.append(len(running))
        await asyncio.sleep(1)
        running.remove(payload)
        return payload

    state = inline_map(("Each", task("each")), Items=list(range(100)))
    assert output_of(run(machine(("All", state)), {}, Functions(each=[answer]))) == list(range(100))
    assert max(most) == 40


def test_an_item_selector_sees_the_item_and_the_states_input():
    state = inline_map(
        ("Each", passing()),
        Items="{% $states.input.items %}",
        ItemSelector={
            "n": "{% $states.context.Map.Item.Index %}",
            "v": "{% $states.context.Map.Item.Value %}",
            "k": "{% $states.input.k %}",
        },
    )
    assert output_of(run(machine(("All", state)), {"items": ["a"], "k": 1})) == [
        {"n": 0, "v": "a", "k": 1}
    ]


def test_a_map_runs_its_iterator_which_is_the_processor_under_its_former_name():
    doubled = ("Double", passing(Output="{% $states.input * 2 %}"))
    state = {"Type": "Map", "Items": [1, 2], "Iterator": machine(doubled)}
    outer = {"Type": "Parallel", "Branches": [machine(("Each", state))]}
    assert output_of(run(machine(("Outer", outer)), {})) == [[2, 4]]


def test_no_items_are_an_empty_output():
    execution = run(machine(("All", inline_map(("Each", passing()), Items=[]))), {})
    assert output_of(execution) == []
    assert "MapIterationStarted" not in types(execution)


def test_an_execution_input_of_any_json_is_handed_on():
    for given in (None, 5, "x", [1], {"a": {"b": None}}):
        assert output_of(run(machine(("Same", passing())), given)) == given


def test_the_context_names_execution_state_and_machine():
    shown = output_of(run(machine(("Show", passing(Output="{% $states.context %}"))), {"a": 1}))
    assert shown["Execution"]["Name"] == "run"
    assert shown["Execution"]["Input"] == {"a": 1}
    assert shown["Execution"]["RedriveCount"] == 0
    assert shown["StateMachine"]["Name"] == "machine"
    assert shown["State"]["Name"] == "Show"
    assert shown["State"]["EnteredTime"] == "2023-11-14T22:13:20.000Z"


def jittery(seed):
    def answer(payload):
        return after(execution.world.random.random(), payload) if payload % 3 else fail()

    def fail():
        raise BROKEN

    state = inline_map(
        ("Each", task("each", Retry=[{"ErrorEquals": ["Broken"], "JitterStrategy": "FULL"}])),
        Items=list(range(10)),
        ToleratedFailureCount=10,
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "End"}],
        End=True,
    )
    definition = machine(("All", state), ("End", passing(Output="{% [$uuid(), $random()] %}")))
    execution = execution_of(definition, {}, Functions(each=[answer]), seed)
    in_virtual_time(execution.run())
    return execution.history.events()


def test_one_seed_replays_a_run_event_for_event():
    assert jittery(7) == jittery(7)
    assert jittery(7) != jittery(8)


@pytest.mark.parametrize("name", ["Error", "Cause"])
def test_an_error_that_is_no_text_is_an_evaluation_error(name):
    execution = run(machine(("Stop", {"Type": "Fail", name: "{% 5 %}"})))
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == name


def test_error_and_cause_of_a_fail_can_be_computed():
    state = {"Type": "Fail", "Error": "{% $states.input.e %}", "Cause": "{% 'by ' & 'hand' %}"}
    outcome = run(machine(("Stop", state)), {"e": "Bad"}).outcome
    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", "Bad", "by hand")


@pytest.mark.parametrize(
    ("choice", "location"),
    [
        ({"Choices": [{"Condition": True, "Next": "End", "Output": "{% $no %}"}]}, "Output"),
        (
            {"Choices": [{"Condition": True, "Next": "End", "Assign": {"a": "{% $no %}"}}]},
            "Assign/a",
        ),
    ],
)
def test_the_place_of_an_expression_in_a_rule_is_told(choice, location):
    definition = machine(("Ask", {"Type": "Choice", **choice}), ("End", {"Type": "Succeed"}))
    execution = run(definition, {})
    assert details(execution, "EvaluationFailed")[0]["location"] == f"Choices[0]/{location}"


def test_a_parallel_inside_of_a_map_sees_the_item():
    shown = passing(Output="{% $states.context.Map.Item.Value %}")
    branches = [machine(("Left", shown)), machine(("Right", shown))]
    state = inline_map(("Both", {"Type": "Parallel", "Branches": branches}), Items=["a"])
    assert output_of(run(machine(("All", state)), {})) == [["a", "a"]]
