"""Every field of what is told: the events' details, the context object, a child, a Map Run."""

import asyncio
import json

import pytest

from local.asl import TaskFailed
from local.asl.model.values import dumps
from tests.builders.worlds import (
    REGION_MACHINE,
    FakeS3,
    Functions,
    details,
    distributed_map,
    execution_of,
    in_virtual_time,
    inline_map,
    machine,
    output_of,
    passing,
    run,
    task,
)

EXECUTION = "arn:aws:states:us-east-1:111111111111:execution:machine:run"
ROLE = "arn:aws:iam::111111111111:role/machine"
LAMBDA = "arn:aws:lambda:us-east-1:111111111111:function:count"
START = "2023-11-14T22:13:20.000Z"
BROKEN = TaskFailed("Broken", "why")


ARGUMENTS = {
    "sqs": {"QueueUrl": "q", "MessageBody": "m"},
    "states": {"StateMachineArn": "m"},
    "aws-sdk": {"a": 1},
    LAMBDA: {"a": 1},
}


def calling(resource, answer=None, **fields):
    """An execution of one task whose call is answered, or fails with the exception."""

    def invoke(request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    given = ARGUMENTS.get(resource) or ARGUMENTS[resource.split(":")[5]]
    state = {"Type": "Task", "Resource": resource, "Arguments": given, **fields}
    return run(machine(("Ask", state)), {}, invoke)


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ("sqs:sendMessage", {"resource": "sendMessage", "resourceType": "sqs"}),
        ("aws-sdk:s3:putObject", {"resource": "putObject", "resourceType": "aws-sdk:s3"}),
        (
            "states:startExecution.sync:2",
            {"resource": "startExecution.sync:2", "resourceType": "states"},
        ),
    ],
)
def test_a_tasks_events_name_its_resource_its_region_and_its_limits(resource, told):
    arn = f"arn:aws:states:::{resource}"
    execution = calling(arn, {"b": 2}, TimeoutSeconds=9, HeartbeatSeconds=3)
    limits = {"timeoutInSeconds": 9, "heartbeatInSeconds": 3}
    given = dumps(ARGUMENTS[resource.split(":")[0]])
    scheduled = {**told, **limits, "region": "us-east-1", "parameters": given}
    assert details(execution, "TaskScheduled") == [scheduled]
    assert details(execution, "TaskStarted") == [told]
    assert details(execution, "TaskSucceeded") == [{**told, "output": '{"b":2}'}]


def test_a_task_that_fails_tells_its_error_and_cause_beside_its_resource():
    told = {"resource": "sendMessage", "resourceType": "sqs"}
    execution = calling("arn:aws:states:::sqs:sendMessage", BROKEN)
    assert details(execution, "TaskFailed") == [{**told, "error": "Broken", "cause": "why"}]
    assert details(execution, "ExecutionFailed") == [{"error": "Broken", "cause": "why"}]


def test_the_events_of_a_function_that_is_named_by_its_arn_tell_what_it_got_and_gave():
    execution = calling(LAMBDA, {"Payload": 3})
    scheduled = {"resource": LAMBDA, "input": '{"a":1}'}
    assert details(execution, "LambdaFunctionScheduled") == [scheduled]
    assert details(execution, "LambdaFunctionStarted") == [{}]
    assert details(execution, "LambdaFunctionSucceeded") == [{"output": "3"}]
    failed = calling(LAMBDA, BROKEN)
    assert details(failed, "LambdaFunctionFailed") == [{"error": "Broken", "cause": "why"}]


def test_the_events_of_states_and_executions_tell_names_inputs_and_outputs():
    definition = machine(("Set", passing(Assign={"n": [1]}, Output="{% 'x' %}")))
    execution = run(definition, {"a": 1})
    started = {"input": '{"a":1}', "roleArn": ROLE}
    assert details(execution, "ExecutionStarted") == [started]
    assert details(execution, "PassStateEntered") == [{"name": "Set", "input": '{"a":1}'}]
    exited = {"name": "Set", "output": '"x"', "assignedVariables": {"n": "[1]"}}
    assert details(execution, "PassStateExited") == [exited]
    assert details(execution, "ExecutionSucceeded") == [{"output": '"x"'}]


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Wait", "Seconds": 1, "End": True},
        {"Type": "Succeed"},
        {"Type": "Parallel", "Branches": [machine(("In", {"Type": "Succeed"}))], "End": True},
        {"Type": "Choice", "Choices": [{"Condition": True, "Next": "End"}]},
        inline_map(("In", {"Type": "Succeed"}), End=True),
        task(End=True),
    ],
)
def test_events_of_each_kind_of_state_tell_its_name_and_input_where_it_is_entered(state):
    definition = machine(("One", state), ("End", {"Type": "Succeed"}))
    if state["Type"] != "Choice":
        del definition["States"]["End"]
    execution = run(definition, [], Functions(count=[1]))
    kind = state["Type"]
    entered, exited = (
        next(e for e in execution.history.events() if e["type"] == f"{kind}State{what}")
        for what in ("Entered", "Exited")
    )
    assert entered["stateEnteredEventDetails"] == {"name": "One", "input": "[]"}
    assert exited["stateExitedEventDetails"]["name"] == "One"


def test_an_event_has_its_time_its_place_and_the_place_of_the_one_before():
    execution = run(machine(("Sleep", {"Type": "Wait", "Seconds": 5})), {})
    assert [
        (event["id"], event["previousEventId"], event["timestamp"] - 1.7e9)
        for event in execution.history.events()
    ] == [(1, 0, 0), (2, 0, 0), (3, 2, 5), (4, 3, 5)]


def test_iterations_are_told_by_the_name_of_their_map_and_their_index():
    state = inline_map(("Each", passing()), Items=["a", "b"])
    execution = run(machine(("All", state)), {})
    told = [{"name": "All", "index": 0}, {"name": "All", "index": 1}]
    assert details(execution, "MapStateStarted") == [{"length": 2}]
    assert details(execution, "MapIterationStarted") == told
    assert details(execution, "MapIterationSucceeded") == told


def test_iterations_that_end_badly_are_told_by_name_and_index_too():
    async def answer(payload):
        await asyncio.sleep(payload)
        if payload == 1:
            raise BROKEN

    state = inline_map(("Each", task("each")), Items=[2, 1])
    execution = run(machine(("All", state)), {}, Functions(each=[answer]))
    assert details(execution, "MapIterationFailed") == [{"name": "All", "index": 1}]
    assert details(execution, "MapIterationAborted") == [{"name": "All", "index": 0}]


def test_an_evaluation_that_failed_tells_its_state_its_place_and_why():
    (told,) = details(run(machine(("Show", passing(Output="{% $no %}")))), "EvaluationFailed")
    assert told == {
        "error": "States.QueryEvaluationError",
        "cause": "An error occurred while executing the state 'Show' (entered at the event id #2). "
        "The JSONata expression '$no' specified for the field 'Output' returned nothing "
        "(undefined).",
        "state": "Show",
        "location": "Output",
    }


def test_the_context_object_has_these_fields():
    shown = passing(Output="{% $states.context %}")
    state = inline_map(("Each", shown), Items=["v"])
    assert output_of(run(machine(("All", state)), {"a": 1})) == [
        {
            "Execution": {
                "Id": EXECUTION,
                "Input": {"a": 1},
                "Name": "run",
                "RoleArn": ROLE,
                "StartTime": START,
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": REGION_MACHINE, "Name": "machine"},
            "State": {"Name": "Each", "EnteredTime": START, "RetryCount": 0},
            "Map": {"Item": {"Index": 0, "Value": "v"}},
        }
    ]


def results(kind, answer, **fields):
    """The Map Run over one item, and what its ResultWriter wrote of the child."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b"}}
    state = distributed_map(
        ("Each", task("each")), kind=kind, Items=[5], ResultWriter=writer, Label="L", **fields
    )
    s3 = FakeS3(others=Functions(each=[answer]))
    execution = run(machine(("All", state)), {}, s3)
    (key,) = s3.written("_0.json")
    (child,) = s3.json(key)
    return execution.supervisor.map_runs[0], child, s3


@pytest.mark.parametrize(("kind", "word"), [("STANDARD", "execution"), ("EXPRESS", "express")])
def test_a_result_tells_all_of_a_child(kind, word):
    _, child, _ = results(kind, 7)
    machine_arn = f"{REGION_MACHINE}/L"
    name = child["Name"]
    assert len(name) == 36
    assert child == {
        "ExecutionArn": f"{machine_arn.replace('stateMachine', word)}:{name}",
        "Input": "5",
        "InputDetails": {"Included": True},
        "Name": name,
        "Output": "7",
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "StartDate": START,
        "StateMachineArn": machine_arn,
        "Status": "SUCCEEDED",
        "StopDate": START,
    }


def test_a_result_of_a_child_that_failed_tells_why_and_that_the_map_run_redrives_it():
    _, child, _ = results("STANDARD", BROKEN, ToleratedFailureCount=1)
    assert (child["Error"], child["Cause"]) == ("Broken", "why")
    assert (child["Status"], child["RedriveStatus"]) == ("FAILED", "REDRIVABLE_BY_MAP_RUN")
    assert not {"Output", "OutputDetails"} & set(child)


def test_a_map_run_tells_whose_it_is_its_limits_and_its_times():
    limits = {"ToleratedFailureCount": 2, "ToleratedFailurePercentage": 7.5}
    map_run, _, _ = results("STANDARD", lambda _: asyncio.sleep(3, 7), MaxConcurrency=4, **limits)
    arn = REGION_MACHINE.replace("stateMachine", "mapRun")
    assert map_run.arn.startswith(f"{arn}/L:")
    assert (map_run.execution_arn, map_run.state_machine_arn) == (EXECUTION, f"{REGION_MACHINE}/L")
    assert (map_run.start, map_run.stop) == (1_700_000_000, 1_700_000_003)
    assert (map_run.max_concurrency, map_run.tolerated_count) == (4, 2)
    assert (map_run.tolerated_percentage, map_run.status) == (7.5, "SUCCEEDED")
    assert (map_run.redrive_count, map_run.redrive_date, map_run.results_written) == (0, None, 1)
    ended = {"pending": 0, "running": 0, "failed": 0, "timedOut": 0, "aborted": 0, "succeeded": 1}
    assert map_run.items == map_run.executions == ended


def test_a_map_run_that_names_no_limits_has_awss_own():
    state = distributed_map(("Each", passing()), Items=[1])
    map_run = run(machine(("A b.c", state)), {}).supervisor.map_runs[0]
    assert map_run.max_concurrency == 10_000
    assert (map_run.tolerated_count, map_run.tolerated_percentage) == (0, 0)
    assert "/A-b-c:" in map_run.arn


def test_a_map_runs_events_tell_its_arn_its_error_and_its_redrives():
    functions = Functions(each=[BROKEN, 1])
    definition = machine(("All", distributed_map(("Each", task("each")), Items=[1])))
    execution = execution_of(definition, {}, functions)

    async def main():
        await execution.run()
        await asyncio.sleep(9.5)
        await execution.redrive()

    in_virtual_time(main())
    (map_run,) = execution.supervisor.map_runs
    assert details(execution, "MapRunStarted") == [{"mapRunArn": map_run.arn}]
    assert details(execution, "MapRunFailed")[0] == {
        "error": "States.ExceedToleratedFailureThreshold",
        "cause": "The specified tolerated failure threshold was exceeded",
    }
    redriven = {"mapRunArn": map_run.arn, "redriveCount": 1}
    assert details(execution, "MapRunRedriven") == [redriven]
    assert (map_run.redrive_count, map_run.redrive_date) == (1, 1_700_000_009.5)
    assert (map_run.status, map_run.stop) == ("SUCCEEDED", 1_700_000_009.5)


def test_readers_and_writers_ask_in_the_name_of_the_execution():
    reader = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "in"}}
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": "out", "Prefix": "/p/"},
    }
    state = distributed_map(("Each", passing()), ItemReader=reader, ResultWriter=writer)
    s3 = FakeS3({"k": ""})
    run(machine(("All", state)), {}, s3)
    for request, action in zip(
        s3.requests, ["listObjectsV2", "putObject", "putObject"], strict=True
    ):
        assert (request.service, request.action) == ("s3", action)
        assert (request.integration, request.pattern) == ("optimized", "request_response")
        assert request.resource == f"arn:aws:states:::s3:{action}"
        assert (request.role_arn, request.execution_arn) == (ROLE, EXECUTION)
    listed, written, manifest = (request.arguments for request in s3.requests)
    assert listed == {"Bucket": "in"}
    assert written["Bucket"] == manifest["Bucket"] == "out"
    folder, _, name = written["Key"].rpartition("/")
    assert (folder[:2], name) == ("p/", "SUCCEEDED_0.json")
    assert manifest["Key"] == f"{folder}/manifest.json"
    assert json.loads(manifest["Body"])["ResultFiles"]["SUCCEEDED"] == [
        {"Key": written["Key"], "Size": len(written["Body"])}
    ]
