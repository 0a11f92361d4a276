"""Requests are checked against the service model, with AWS's words."""

import pytest

from local.stepfunctions.validation import service_model

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"
FAILED = "failed to satisfy constraint: Member must"
STATUSES = "[RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE]"
NULL = f"Value null at 'stateMachineArn' {FAILED} not be null"
ASCII = r"satisfy regular expression pattern: \p{ASCII}*"
SERVED_NOT = {
    "CreateActivity",
    "DeleteActivity",
    "DescribeActivity",
    "GetActivityTask",
}


@pytest.mark.parametrize(
    ("operation", "parameters", "problems"),
    [
        (
            "StartExecution",
            {},
            [NULL],
        ),
        (
            "StartExecution",
            {"stateMachineArn": None},
            [NULL],
        ),
        (
            "ListExecutions",
            {"stateMachineArn": ARN, "statusFilter": "succeeded"},
            [f"Value 'succeeded' at 'statusFilter' {FAILED} satisfy enum value set: {STATUSES}"],
        ),
        (
            "ListExecutions",
            {"stateMachineArn": ARN, "maxResults": -1, "nextToken": ""},
            [
                f"Value '-1' at 'maxResults' {FAILED} have value greater than or equal to 0",
                f"Value '' at 'nextToken' {FAILED} have length greater than or equal to 1",
            ],
        ),
        (
            "TagResource",
            {"resourceArn": ARN, "tags": [{"key": "a"}, {"key": ""}]},
            [f"Value '' at 'tags.2.member.key' {FAILED} have length greater than or equal to 1"],
        ),
        (
            "StartExecution",
            {"stateMachineArn": ARN, "traceHeader": "ü"},
            [f"Value 'ü' at 'traceHeader' {FAILED} {ASCII}"],
        ),
        (
            "StopExecution",
            {"executionArn": ARN, "error": "e" * 257},
            [f"Value at 'error' {FAILED} have length less than or equal to 256"],
        ),
    ],
)
def test_what_the_model_forbids_is_refused_with_aws_words(api, operation, parameters, problems):
    code, message = api.refused(operation, **parameters)
    plural = "error" if len(problems) == 1 else "errors"
    assert code == "ValidationException"
    assert message == f"{len(problems)} validation {plural} detected: {'; '.join(problems)}"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("StartExecution", {"stateMachineArn": 1}),
        ("ListExecutions", {"stateMachineArn": ARN, "maxResults": "10"}),
        ("ListExecutions", {"stateMachineArn": ARN, "maxResults": True}),
        ("TagResource", {"resourceArn": ARN, "tags": {}}),
        ("TagResource", {"resourceArn": ARN, "tags": ["a"]}),
        ("GetExecutionHistory", {"executionArn": ARN, "reverseOrder": "yes"}),
    ],
)
def test_a_value_of_the_wrong_json_type_is_refused(api, operation, parameters):
    assert api.refused(operation, **parameters)[0] == "SerializationException"


def test_members_that_the_model_does_not_know_are_ignored(api):
    assert api("ListStateMachines", somethingNew=1) == {"stateMachines": []}


def test_an_operation_that_does_not_exist_is_refused(api):
    assert api.service.operations
    with pytest.raises(api.error) as caught:
        api.service.call("MakeCoffee", {})
    assert caught.value.code == "UnknownOperationException"


def test_what_is_not_served_is_known_and_only_shrinks(api):
    assert set(service_model().operation_names) - api.service.operations == SERVED_NOT
