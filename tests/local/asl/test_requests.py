"""What the world is asked: every field of a request, by kind of resource."""

import pytest

from tests.builders.worlds import details, machine, output_of, run, types

LAMBDA = "arn:aws:lambda:us-east-1:111111111111:function:count"


ARGUMENTS = {
    "lambda": {"FunctionName": "f"},
    "sqs": {"QueueUrl": "q", "MessageBody": {"a": 1}},
    "sns": {"Message": "m"},
    "events": {"Entries": []},
    "states": {"StateMachineArn": "m"},
}


def asked(resource, arguments="{% $states.input %}", answer=None, **fields):
    """The execution of one task, and the request that it made."""
    requests = []

    def invoke(request):
        requests.append(request)
        return {"Payload": 1} if answer is None else answer

    state = {"Type": "Task", "Resource": resource, "Arguments": arguments, **fields}
    execution = run(machine(("Ask", state)), {"a": 1}, invoke)
    (request,) = requests
    return execution, request


@pytest.mark.parametrize(
    ("resource", "service", "action", "integration", "pattern"),
    [
        ("lambda:invoke", "lambda", "invoke", "optimized", "request_response"),
        ("sqs:sendMessage", "sqs", "sendMessage", "optimized", "request_response"),
        ("sns:publish", "sns", "publish", "optimized", "request_response"),
        ("events:putEvents", "events", "putEvents", "optimized", "request_response"),
        ("states:startExecution", "states", "startExecution", "optimized", "request_response"),
        ("states:startExecution.sync", "states", "startExecution", "optimized", "sync"),
        ("states:startExecution.sync:2", "states", "startExecution", "optimized", "sync:2"),
        ("aws-sdk:s3:putObject", "s3", "putObject", "aws-sdk", "request_response"),
        ("aws-sdk:dynamodb:getItem", "dynamodb", "getItem", "aws-sdk", "request_response"),
    ],
)
def test_a_resource_is_taken_apart(resource, service, action, integration, pattern):
    given = ARGUMENTS.get(service, {"B": 1}) if integration == "optimized" else {"B": 1}
    _, request = asked(f"arn:aws:states:::{resource}", {**given})
    assert (request.service, request.action) == (service, action)
    assert (request.integration, request.pattern) == (integration, pattern)
    assert request.arguments == given
    assert request.resource == f"arn:aws:states:::{resource}"
    assert request.role_arn.endswith(":role/machine")
    assert request.execution_arn.endswith(":execution:machine:run")


def test_a_functions_own_arn_invokes_it_with_the_arguments_and_answers_its_payload():
    execution, request = asked(LAMBDA)
    assert request.arguments == {"FunctionName": LAMBDA, "Payload": {"a": 1}}
    assert output_of(execution) == 1
    assert "LambdaFunctionSucceeded" in types(execution)


def test_credentials_name_the_role_of_the_call():
    role = "arn:aws:iam::222222222222:role/other"
    execution, request = asked(LAMBDA, Credentials={"RoleArn": role})
    assert request.role_arn == role
    assert details(execution, "LambdaFunctionScheduled")[0]["taskCredentials"] == {"roleArn": role}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("{'FunctionName': 'f', 'payload': 1}", 'The field "payload" is not supported by Step'),
        ("{'Payload': 1}", "The field 'FunctionName' is required but was missing"),
        ("[1]", "The arguments must be an object"),
    ],
)
def test_arguments_that_an_expression_makes_wrong_are_not_sent(arguments, problem):
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": f"{{% {arguments} %}}",
    }
    execution = run(machine(("Ask", state)), {})
    assert execution.outcome.error == "States.Runtime"
    assert f"could not be used to start the Task: [{problem}" in execution.outcome.cause
    assert "TaskScheduled" not in types(execution)


def test_a_role_that_is_no_string_is_an_evaluation_error_at_its_place():
    state = {"Type": "Task", "Resource": LAMBDA, "Credentials": {"RoleArn": "{% 5 %}"}}
    execution = run(machine(("Ask", state)), {})
    (told,) = details(execution, "EvaluationFailed")
    assert told["location"] == "Credentials/RoleArn"


def test_a_job_that_is_waited_for_is_recorded_as_submitted_when_it_began():
    def invoke(request):
        request.submitted({"ExecutionArn": "child"})
        return {"Status": "SUCCEEDED"}

    resource = "arn:aws:states:::states:startExecution.sync:2"
    state = {"Type": "Task", "Resource": resource, "Arguments": {"StateMachineArn": "m"}}
    execution = run(machine(("Start", state)), {}, invoke)
    assert types(execution)[2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    told = details(execution, "TaskSubmitted")[0]
    assert told == {
        "resource": "startExecution.sync:2",
        "resourceType": "states",
        "output": '{"ExecutionArn":"child"}',
    }
