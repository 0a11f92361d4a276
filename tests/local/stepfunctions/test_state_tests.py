"""TestState: one state, its mocks, its errors, and what it shows; as recorded on AWS."""

import json

import pytest

from local.asl import TaskFailed

ROLE = "arn:aws:iam::123456789012:role/machine"
INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "echo", "Payload": "{% $states.input %}"},
    "Output": "{% $states.result.Payload %}",
    "Assign": {"last": "{% $states.result.StatusCode %}"},
    "Next": "Later",
}
PROCESSOR = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
MAP = {"Type": "Map", "Items": "{% $states.input.v %}", "ItemProcessor": PROCESSOR, "End": True}
PARALLEL = {
    "Type": "Parallel",
    "Branches": [PROCESSOR, {"StartAt": "Up", "States": {"Up": {"Type": "Pass", "End": True}}}],
    "End": True,
}
ERRORS = {
    "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3, "MaxAttempts": 2}],
    "Catch": [
        {"ErrorEquals": ["Never"], "Next": "Later"},
        {"ErrorEquals": ["States.ALL"], "Next": "Cleanup", "Output": "{% $states.errorOutput %}"},
    ],
}


def state(*parts, **fields):
    whole = {"QueryLanguage": "JSONata"}
    for part in parts:
        whole |= part
    return json.dumps(whole | fields)


@pytest.fixture
def test(api):
    def run(definition, given=None, **more):
        given = json.dumps({} if given is None else given)
        return api("TestState", definition=definition, input=given, **more)

    return run


def mocked(result):
    return {"mock": {"result": json.dumps(result)}}


def failing(error, cause="why"):
    return {"mock": {"errorOutput": {"error": error, "cause": cause}}}


@pytest.mark.parametrize(
    ("definition", "answer"),
    [
        (
            state(Type="Pass", Output={"n": "{% $states.input.n + 1 %}"}, Next="Far"),
            {"status": "SUCCEEDED", "output": '{"n":2}', "nextState": "Far"},
        ),
        (
            state(Type="Choice", Choices=[{"Condition": "{% $states.input.n = 1 %}", "Next": "A"}]),
            {"status": "SUCCEEDED", "output": '{"n":1}', "nextState": "A"},
        ),
        (
            state(Type="Fail", Error="E", Cause="{% 'n is ' & $states.input.n %}"),
            {"status": "FAILED", "error": "E", "cause": "n is 1"},
        ),
        (state(Type="Succeed"), {"status": "SUCCEEDED", "output": '{"n":1}'}),
        (
            state(Type="Wait", Seconds=0, End=True),
            {"status": "SUCCEEDED", "output": '{"n":1}'},
        ),
    ],
)
def test_a_state_by_itself_says_its_output_and_where_it_would_go(test, definition, answer):
    assert test(definition, {"n": 1}, roleArn=ROLE) == answer


def test_a_task_without_a_mock_makes_its_call(test, world):
    found = test(state(INVOKE), {"a": 1}, roleArn=ROLE, inspectionLevel="TRACE")
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"a":1}')
    assert [request.role_arn for request in world.requests] == [ROLE]
    assert found["inspectionData"] == {
        "input": '{"a":1}',
        "afterArguments": '{"FunctionName":"echo","Payload":{"a":1}}',
        "result": '{"Payload":{"a":1},"StatusCode":200}',
        "variables": '{"last":200}',
    }


def test_a_task_that_fails_at_its_call_is_caught_by_its_own_catch(test, world):
    def fail(_):
        raise TaskFailed("Broken", "really")

    world.functions["echo"] = fail
    found = test(state(INVOKE, ERRORS), {}, roleArn=ROLE, inspectionLevel="DEBUG")
    assert (found["status"], found["nextState"]) == ("CAUGHT_ERROR", "Cleanup")
    assert (found["error"], found["cause"]) == ("Broken", "really")
    assert json.loads(found["output"]) == {"Error": "Broken", "Cause": "really"}
    assert found["inspectionData"]["errorDetails"] == {"catchIndex": 1}


def test_a_mocked_result_takes_the_place_of_the_call(test, world):
    given = mocked({"Payload": {"b": 2}, "StatusCode": 201})
    found = test(
        state(INVOKE), {"a": 1}, variables='{"kept": true}', inspectionLevel="DEBUG", **given
    )
    assert (found["output"], found["nextState"]) == ('{"b":2}', "Later")
    assert found["inspectionData"]["variables"] == '{"kept":true,"last":201}'
    assert world.requests == []


@pytest.mark.parametrize(
    ("retries", "status", "details"),
    [
        (0, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 3}),
        (1, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 6}),
        (2, "CAUGHT_ERROR", {"catchIndex": 1}),
    ],
)
def test_an_error_is_retried_as_often_as_its_retrier_says(test, retries, status, details):
    found = test(
        state(INVOKE, ERRORS),
        stateConfiguration={"retrierRetryCount": retries},
        inspectionLevel="TRACE",
        **failing("Busy"),
    )
    assert (found["status"], found["error"], found["cause"]) == (status, "Busy", "why")
    assert found["inspectionData"]["errorDetails"] == details
    assert ("output" in found) is (status == "CAUGHT_ERROR")


def test_a_map_shows_its_items_and_its_limits(test):
    definition = state(
        MAP, ItemSelector={"x": "{% $states.context.Map.Item.Value %}"}, ToleratedFailureCount=1
    )
    found = test(definition, {"v": [1, 2]}, inspectionLevel="DEBUG", **mocked([5, 6]))
    assert (found["status"], found["output"]) == ("SUCCEEDED", "[5,6]")
    assert found["inspectionData"] == {
        "input": '{"v":[1,2]}',
        "afterItemSelector": '[{"x":1},{"x":2}]',
        "maxConcurrency": 0,
        "toleratedFailureCount": 1,
    }


@pytest.mark.parametrize(
    ("limits", "failures", "error"),
    [
        ({}, 2, None),
        ({"ToleratedFailureCount": 1}, 1, None),
        ({"ToleratedFailureCount": 1}, 2, "States.ExceedToleratedFailureThreshold"),
        ({"ToleratedFailurePercentage": 50}, 2, "States.ExceedToleratedFailureThreshold"),
    ],
)
def test_failed_iterations_count_against_the_maps_own_limits(test, limits, failures, error):
    configuration = {"mapIterationFailureCount": failures}
    given = mocked([0, 0, 1])
    found = test(state(MAP, **limits), {"v": [1, 2, 3]}, stateConfiguration=configuration, **given)
    assert found.get("error") == error


def test_what_an_item_reader_reads_is_given(test):
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "JSONL"},
    }
    definition = {**MAP, "ItemProcessor": {**PROCESSOR, "ProcessorConfig": config}}
    del definition["Items"]
    definition |= {"ItemReader": reader, "ItemSelector": "{% $states.context.Map.Item.Value.a %}"}
    found = test(
        state(definition),
        stateConfiguration={"mapItemReaderData": '{"a": 1}\n{"a": 2}'},
        inspectionLevel="DEBUG",
        **mocked([1]),
    )
    assert found["inspectionData"]["afterItemSelector"] == "[1,2]"


def test_a_parallel_has_a_result_for_each_branch(test):
    assert test(state(PARALLEL), **mocked([1, 2]))["output"] == "[1,2]"
    assert test(state(PARALLEL), **failing("E"))["error"] == "E"


def test_a_state_of_a_machine_is_found_by_its_name_at_any_depth(test, api):
    inner = {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}
    outer = {**MAP, "ItemProcessor": {"StartAt": "Deep", "States": {"Deep": inner}}}
    machine = json.dumps({"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": outer}})
    assert test(machine, {"n": 4}, stateName="Deep")["output"] == "8"
    refused = api.refused("TestState", definition=machine, stateName="None")
    assert refused == ("ValidationException", "State not found in definition")


def test_a_mocked_context_is_all_that_there_is(test):
    sending = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": "q", "MessageBody": "{% $states.context.Task.Token %}"},
        "End": True,
    }
    context = {"Task": {"Token": "abc"}, "Execution": {"Name": "n"}}
    found = test(
        state(sending, Output="{% $states.context %}"),
        context=json.dumps(context),
        inspectionLevel="DEBUG",
        **mocked({"any": 1}),
    )
    assert json.loads(found["output"]) == context
    assert '"MessageBody":"abc"' in found["inspectionData"]["afterArguments"]


BOTH = {"mock": {"result": "{}", "errorOutput": {"error": "E"}}}
WAITING = state(INVOKE, Resource="arn:aws:states:::lambda:invoke.waitForTaskToken")
ANY = state(INVOKE)
SUPPORTED = "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"
CONTEXT = "Invalid Context object provided: "


def context(value):
    return {**mocked({}), "context": json.dumps(value)}


@pytest.mark.parametrize(
    ("definition", "given", "message"),
    [
        (state(Type="Succeed"), mocked(1), "State type 'Succeed' is not supported when a mock is"),
        (state(MAP), {}, f"TestState API does not support Map or Parallel states. {SUPPORTED}"),
        (
            state(PARALLEL),
            {},
            f"TestState API does not support Map or Parallel states. {SUPPORTED}",
        ),
        (WAITING, {}, "TestState API does not support '.sync' or '.waitForTaskToken' without"),
        (ANY, BOTH, "A test mock should have only one of the following fields: [result, errorO"),
        (
            ANY,
            {**mocked({}), "revealSecrets": True},
            "TestState does not support RevealSecrets when a mock is specified.",
        ),
        (ANY, {}, "A role ARN is required to test a Task state without a mock"),
        (ANY, {"mock": {"result": "{"}}, "The mocked result must be valid JSON"),
        (state(MAP), mocked({}), "Mocked result must be an array."),
        (
            state(PARALLEL),
            mocked([1]),
            "Mocked result must contain the same number of items as number of Parallel branches.",
        ),
        (ANY, context({"Map": {}}), f"{CONTEXT}'Map' field is not supported when mocking a Con"),
        (ANY, context({"Pokedex": {}}), f"{CONTEXT}Field 'Pokedex' is not allowed"),
        (ANY, context({"Execution": {"x": 1}}), f"{CONTEXT}Field 'x' is not allowed"),
        (ANY, context({"Execution": {"Id": 1}}), f"{CONTEXT}Execution.Id must be a string"),
        (ANY, context({"Task": {}}), f"{CONTEXT}Context object contains 'Task' when state is not"),
        (ANY, {"context": "{}", "roleArn": ROLE}, "A context can only be specified with a mock"),
        (ANY, {**mocked({}), "variables": "[]"}, "The variables must be a JSON object"),
    ],
)
def test_what_does_not_go_together_is_refused(api, definition, given, message):
    code, told = api.refused("TestState", definition=definition, **given)
    assert told.startswith(message)
    assert code == (
        "InvalidDefinition" if message.startswith("TestState API") else "ValidationException"
    )


def calling(resource, arguments):
    return state(
        Type="Task", Resource=f"arn:aws:states:::{resource}", Arguments=arguments, End=True
    )


PUT = calling("events:putEvents", {"Entries": []})
START = calling("states:startExecution", {"StateMachineArn": "m"})
HEAD = calling("aws-sdk:s3:headObject", {"Bucket": "b", "Key": "k"})
FUNCTION = calling("aws-sdk:lambda:getFunction", {"FunctionName": "f"})
ENCRYPT = calling("aws-sdk:kms:encrypt", {"KeyId": "k", "Plaintext": "p"})


@pytest.mark.parametrize(
    ("definition", "result", "problem"),
    [
        (PUT, {"Entries": 1}, "Field 'Entries' must be an array"),
        (PUT, {"Entries": [{"EventId": "a"}, {"EventId": 1}]}, "Field 'EventId' must be a string"),
        (START, {"startDate": 1}, "Required field 'ExecutionArn' is missing"),
        (START, {"ExecutionArn": "a", "StartDate": 5}, "Field 'StartDate' must be a string"),
        (ANY, {"StatusCode": "200"}, "Field 'StatusCode' must be a number"),
        (HEAD, {"ContentLength": "5"}, "Field 'ContentLength' must be a number"),
        (HEAD, {"StorageClass": "HOT"}, "Field 'StorageClass' is not an expected value"),
        (ENCRYPT, {"CiphertextBlob": ""}, "Field 'CiphertextBlob' is smaller than the minimum le"),
        (FUNCTION, {"Configuration": {"MemorySize": 1}}, "Field 'MemorySize' is less than the mi"),
        (FUNCTION, {"Configuration": {"MemorySize": 10**6}}, "Field 'MemorySize' exceeds the max"),
    ],
)
def test_a_mocked_result_is_one_that_the_service_could_give(api, test, definition, result, problem):
    code, told = api.refused("TestState", definition=definition, **mocked(result))
    assert code == "ValidationException"
    assert told.startswith(f"Mock result schema validation error: {problem}")
    anything = {"mock": {**mocked(result)["mock"], "fieldValidationMode": "NONE"}}
    assert test(definition, **anything)["status"] in {"SUCCEEDED", "FAILED"}


def test_what_the_api_has_not_passes_and_a_mode_lets_required_fields_be_missing(test):
    assert test(PUT, **mocked({"random": "json"}))["output"] == '{"random":"json"}'
    present = {"mock": {"result": "{}", "fieldValidationMode": "PRESENT"}}
    assert test(START, **present)["output"] == "{}"


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("{", "INVALID_JSON_DESCRIPTION"),
        ("[]", "Expected value of type [OBJECT]"),
        (json.dumps({"Type": "Pass", "End": True}), "JSONPath is not run here"),
        (state(Type="Pass", End=True, Catch=[]), "Field 'Catch' is not supported at /States/State"),
        (calling("aws-sdk:s3:nothing", {}), "is not recognized"),
    ],
)
def test_a_state_that_a_machine_could_not_have_is_refused(api, definition, message):
    code, told = api.refused("TestState", definition=definition, roleArn=ROLE)
    assert code == "InvalidDefinition"
    assert message in told
