"""AWS's limits: 256 KiB handed on, 25,000 events of one execution."""

import pytest

from local.asl.model.values import LIMIT_BYTES
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

NEVER = [{"Condition": False, "Next": "End"}]
FITS = "x" * (LIMIT_BYTES - 2)  # its JSON text has quotes


def test_a_result_of_256_kib_is_handed_on():
    execution = run(machine(("Count", task())), {}, Functions(count=[FITS[:-100]]))
    assert execution.outcome.status == "SUCCEEDED"


def test_a_larger_result_of_a_task_fails():
    execution = run(machine(("Count", task())), {}, Functions(count=[FITS]))
    assert execution.outcome.error == "States.DataLimitExceeded"
    assert "TaskSucceeded" not in types(execution)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (passing(Output="{% $pad('x', 262143) %}"), "The state 'S'"),
        (passing(Assign={"a": "{% $pad('x', 262144) %}"}), "The Assign of the state 'S'"),
        (
            task(Arguments={"FunctionName": "count", "Payload": "{% $pad('x', 262144) %}"}),
            "The arguments of 'S'",
        ),
    ],
)
def test_what_is_too_large_is_named(state, what):
    outcome = run(machine(("S", state)), {}, Functions(count=[1])).outcome
    assert (outcome.error, outcome.cause) == (
        "States.DataLimitExceeded",
        (
            f"{what} returned a result with a size exceeding the maximum number of bytes "
            "service limit."
        ),
    )


def test_an_output_of_just_256_kib_does_not():
    definition = machine(("Grow", passing(Output="{% $pad('x', 262142) %}")))
    assert run(definition, {}).outcome.status == "SUCCEEDED"


def test_the_limit_counts_bytes_and_not_characters():
    definition = machine(
        ("Grow", passing(Output="{% $pad('x', 100000, 'é') & $pad('x', 100000) %}"))
    )
    assert run(definition, {}).outcome.error == "States.DataLimitExceeded"


def test_arguments_that_are_too_large_are_not_sent():
    functions = Functions(count=[1])
    arguments = {"FunctionName": "count", "Payload": "{% $pad('x', 262144) %}"}
    execution = run(machine(("Count", task(Arguments=arguments))), {}, functions)
    assert execution.outcome.error == "States.DataLimitExceeded"
    assert functions.calls == []


@pytest.mark.parametrize("name", ["States.ALL", "States.DataLimitExceeded"])
def test_too_large_a_result_fails_the_task_and_is_caught_as_recorded_on_aws(name):
    catch = [{"ErrorEquals": [name], "Next": "End"}]
    definition = machine(("Count", task(Catch=catch, End=True)), ("End", {"Type": "Succeed"}))
    execution = run(definition, {}, Functions(count=[FITS]))
    error = {
        "error": "States.DataLimitExceeded",
        "cause": "The state/task 'lambda' returned a result with a size exceeding the maximum "
        "number of bytes service limit.",
    }
    told = {"resource": "invoke", "resourceType": "lambda", **error}
    assert details(execution, "TaskFailed") == [told]
    assert output_of(execution) == {"Error": error["error"], "Cause": error["cause"]}


def test_too_large_a_result_of_a_function_by_its_arn_names_the_arn():
    arn = "arn:aws:lambda:us-east-1:111111111111:function:count"
    state = {"Type": "Task", "Resource": arn}
    execution = run(machine(("Count", state)), {}, lambda _: {"Payload": FITS + "x"})
    (told,) = details(execution, "LambdaFunctionFailed")
    assert told["cause"].startswith(f"The state/task '{arn}' returned a result")


def test_too_large_an_output_of_a_state_is_caught_by_its_own_name_alone():
    state = inline_map(("In", passing(Output="{% $pad('x', 262143) %}")), Items=[1])
    for name, caught in (("States.ALL", False), ("States.DataLimitExceeded", True)):
        catch = [{"ErrorEquals": [name], "Next": "End"}]
        definition = machine(("Each", {**state, "Catch": catch}), ("End", {"Type": "Succeed"}))
        assert (run(definition, {}).outcome.status == "SUCCEEDED") is caught


def test_an_execution_fails_at_its_25000th_event():
    definition = {
        "StartAt": "Tick",
        "States": {
            "Tick": {"Type": "Pass", "Next": "Tock"},
            "Tock": {"Type": "Choice", "Default": "Tick", "Choices": NEVER},
            "End": {"Type": "Succeed"},
        },
    }
    execution = run(definition, {})
    assert execution.outcome.error == "States.Runtime"
    assert "25000" in execution.outcome.cause
    assert execution.history.count == 25_000
    assert types(execution)[-1] == "ExecutionFailed"


def test_the_limit_of_events_cannot_be_caught():
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Tick"}]
    definition = {
        "StartAt": "Tick",
        "States": {
            "Tick": {**task(Catch=catch), "Next": "Again"},
            "Again": {"Type": "Choice", "Default": "Tick", "Choices": NEVER},
            "End": {"Type": "Succeed"},
        },
    }
    execution = run(definition, {}, Functions(count=[1]))
    assert (execution.outcome.error, execution.history.count) == ("States.Runtime", 25_000)


def test_a_packed_history_reads_as_before_and_goes_on():
    execution = run(machine(("Count", task())), {"a": 1}, Functions(count=[2]))
    before = execution.history.events()
    execution.history.pack()
    assert execution.history.events() == before
    execution.history.add(0.0, "ExecutionAborted", 1)
    assert execution.history.events()[:-1] == before
    assert output_of(execution) == 2
    assert details(execution, "ExecutionStarted")[0]["input"] == '{"a":1}'


def test_variables_assigned_at_once_are_256_kib_at_most():
    definition = machine(("Set", passing(Assign={"a": "{% $pad('x', 262144) %}"}, Output=1)))
    assert run(definition, {}).outcome.error == "States.DataLimitExceeded"
