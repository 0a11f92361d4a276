"""Retry and Catch: which errors they take, how long a retry waits, what a Catch hands on."""

import random
import re

import pytest

from local.asl import TaskFailed
from local.asl.model.errors import delay_of
from tests.builders.worlds import (
    Functions,
    details,
    inline_map,
    machine,
    output_of,
    passing,
    run,
    task,
    types,
)

THROTTLED = TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.")
BROKEN = TaskFailed("Broken", '{"errorMessage": "why"}')


def times_of(execution, kind):
    return [e["timestamp"] - 1.7e9 for e in execution.history.events() if e["type"] == kind]


def test_a_handler_that_is_throttled_three_times_succeeds_by_retry():
    functions = Functions(count=[THROTTLED, THROTTLED, THROTTLED, 7])
    retry = [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2}]
    execution = run(machine(("Count", task(Retry=retry))), {}, functions)
    assert output_of(execution) == 7
    assert times_of(execution, "TaskScheduled") == [0, 2, 6, 14]


def test_a_retrier_gives_up_after_its_attempts():
    functions = Functions(count=[THROTTLED])
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
    execution = run(machine(("Count", task(Retry=retry))), {}, functions)
    assert execution.outcome.error == "Lambda.TooManyRequestsException"
    assert len(functions.calls) == 3


def test_a_retrier_makes_three_attempts_where_nothing_is_said():
    functions = Functions(count=[BROKEN])
    execution = run(machine(("Count", task(Retry=[{"ErrorEquals": ["Broken"]}]))), {}, functions)
    assert execution.outcome.error == "Broken"
    assert times_of(execution, "TaskScheduled") == [0, 1, 3, 7]


def test_no_attempts_means_no_retry():
    functions = Functions(count=[BROKEN])
    retry = [{"ErrorEquals": ["Broken"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]
    run(machine(("Count", task(Retry=retry))), {}, functions)
    assert len(functions.calls) == 1


def test_each_retrier_counts_its_own_attempts():
    functions = Functions(count=[BROKEN, THROTTLED, BROKEN, "done"])
    retry = [
        {"ErrorEquals": ["Broken"], "MaxAttempts": 2},
        {"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 1},
    ]
    seen = "{% $states.context.State.RetryCount %}"
    execution = run(machine(("Count", task(Retry=retry, Output=seen))), {}, functions)
    assert output_of(execution) == 3


def test_the_delay_grows_by_the_backoff_rate_up_to_its_cap():
    retrier = {"IntervalSeconds": 3, "BackoffRate": 2, "MaxDelaySeconds": 10}
    delays = [delay_of(retrier, made, random.Random(0)) for made in range(4)]
    assert delays == [3, 6, 10, 10]


def test_a_delay_doubles_where_nothing_is_said():
    assert [delay_of({}, made, random.Random(0)) for made in range(4)] == [1, 2, 4, 8]


def test_a_backoff_of_hours_is_capped_before_it_overflows():
    retrier = {"MaxDelaySeconds": 60, "BackoffRate": 2.5}
    assert delay_of(retrier, 5000, random.Random(0)) == 60


def test_full_jitter_waits_any_time_up_to_the_delay():
    retrier = {"IntervalSeconds": 100, "JitterStrategy": "FULL"}
    dice = random.Random(5)
    delays = [delay_of(retrier, 0, dice) for _ in range(200)]
    assert 0 <= min(delays) < 10
    assert 90 < max(delays) <= 100


@pytest.mark.parametrize(
    ("error", "wanted", "caught"),
    [
        ("Broken", "Broken", True),
        ("Broken", "Other", False),
        ("Broken", "States.ALL", True),
        ("Broken", "States.TaskFailed", True),
        ("States.Timeout", "States.TaskFailed", False),
        ("States.Timeout", "States.Timeout", True),
        ("States.DataLimitExceeded", "States.ALL", False),
        ("States.DataLimitExceeded", "States.TaskFailed", False),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", True),
        ("States.Runtime", "States.ALL", False),
        ("States.Runtime", "States.TaskFailed", False),
    ],
)
def test_a_catch_takes_the_errors_that_it_names(error, wanted, caught):
    functions = Functions(count=[TaskFailed(error, "why")])
    catch = [{"ErrorEquals": [wanted], "Next": "Caught"}]
    definition = machine(
        ("Count", task(Catch=catch, Next="Done")),
        ("Caught", {"Type": "Succeed", "Output": "caught"}),
        ("Done", {"Type": "Succeed"}),
    )
    execution = run(definition, {}, functions)
    assert (execution.outcome.status == "SUCCEEDED") is caught


def test_a_catch_has_the_error_and_can_assign_and_shape_the_output():
    functions = Functions(count=[BROKEN])
    catch = [
        {
            "ErrorEquals": ["Broken"],
            "Next": "Report",
            "Assign": {"why": "{% $parse($states.errorOutput.Cause).errorMessage %}"},
            "Output": {"error": "{% $states.errorOutput.Error %}", "of": "{% $states.input %}"},
        }
    ]
    definition = machine(
        ("Count", task(Catch=catch, End=True)),
        ("Report", passing(Output={"why": "{% $why %}", "was": "{% $states.input %}"})),
    )
    execution = run(definition, {"key": "a.csv"}, functions)
    assert output_of(execution) == {
        "why": "why",
        "was": {"error": "Broken", "of": {"key": "a.csv"}},
    }
    assert details(execution, "TaskStateExited")[0]["assignedVariables"] == {"why": '"why"'}


def test_without_an_output_a_catch_hands_on_error_and_cause():
    functions = Functions(count=[BROKEN])
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "End"}]
    definition = machine(("Count", task(Catch=catch, End=True)), ("End", {"Type": "Succeed"}))
    execution = run(definition, {}, functions)
    assert output_of(execution) == {"Error": "Broken", "Cause": BROKEN.cause}


def test_retries_come_before_a_catch():
    functions = Functions(count=[BROKEN])
    definition = machine(
        (
            "Count",
            task(
                Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],
                Catch=[{"ErrorEquals": ["States.ALL"], "Next": "End"}],
                End=True,
            ),
        ),
        ("End", {"Type": "Succeed"}),
    )
    execution = run(definition, {}, functions)
    assert execution.outcome.status == "SUCCEEDED"
    assert len(functions.calls) == 2


def test_an_undefined_result_can_be_caught_on_a_task():
    functions = Functions(count=[1])
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "End"}]
    definition = machine(
        ("Count", task(Output="{% $states.result.Nothing %}", Catch=catch, End=True)),
        ("End", {"Type": "Succeed", "Output": "{% $states.input.Error %}"}),
    )
    execution = run(definition, {}, functions)
    assert output_of(execution) == "States.QueryEvaluationError"
    failed = details(execution, "EvaluationFailed")[0]
    assert (failed["location"], failed["state"]) == ("Output", "Count")


def test_an_undefined_result_elsewhere_ends_the_execution():
    execution = run(machine(("Shape", passing(Output={"a": ["{% $states.input.nothing %}"]}))), {})
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "Output/a[0]"


def test_a_retry_on_a_map_runs_all_its_items_again():
    def answer(payload):
        if payload == 2 and functions.payloads().count(2) == 1:
            raise BROKEN
        return payload

    functions = Functions(each=[answer])
    state = inline_map(
        ("Each", task("each")),
        Items=[1, 2],
        MaxConcurrency=1,
        Retry=[{"ErrorEquals": ["Broken"]}],
    )
    execution = run(machine(("All", state)), {}, functions)
    assert output_of(execution) == [1, 2]
    assert functions.payloads() == [1, 2, 1, 2]
    assert types(execution).count("MapStateStarted") == 2


def test_a_fault_in_the_world_ends_its_execution_alone_and_is_told_in_the_log_alone(caplog):
    functions = Functions(count=[KeyError("bucket")])
    execution = run(machine(("Count", task())), {}, functions)
    assert execution.outcome.error == "States.Runtime"
    assert re.fullmatch(r"Internal Error \([0-9a-f-]{36}\)", execution.outcome.cause)
    assert execution.outcome.cause in caplog.text
    assert "KeyError: 'bucket'" in caplog.text
    assert types(execution)[-1] == "ExecutionFailed"


def test_a_catch_whose_output_fails_says_where():
    catch = [{"ErrorEquals": ["Broken"], "Next": "End", "Output": "{% $no %}"}]
    definition = machine(("Count", task(Catch=catch, End=True)), ("End", {"Type": "Succeed"}))
    execution = run(definition, {}, Functions(count=[BROKEN]))
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "Catch[0]/Output"


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
def test_a_container_that_is_retried_records_its_failure_after_the_last_try_only(kind):
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
    inner = ("Count", task())
    state = (
        inline_map(inner, Items=[1], Retry=retry)
        if kind == "Map"
        else {"Type": "Parallel", "Branches": [machine(inner)], "Retry": retry, "End": True}
    )
    answers = Functions(count=[TaskFailed("Boom", "no")] * 3)
    execution = run(machine(("All", state)), {}, answers)
    found = types(execution)
    assert found.count(f"{kind}StateStarted") == 3
    assert found.count(f"{kind}StateFailed") == 1
    assert found[-2:] == [f"{kind}StateFailed", "ExecutionFailed"]


def test_an_expression_that_fails_is_recorded_once_for_the_innermost_state():
    inner = inline_map(("Deep", passing(Output="{% $no %}")), Items=[1])
    execution = run(machine(("Outer", inline_map(("Inner", inner), Items=[1]))), {})
    (failed,) = details(execution, "EvaluationFailed")
    assert failed["state"] == "Deep"
