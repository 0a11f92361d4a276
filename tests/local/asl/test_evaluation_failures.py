"""What cannot be evaluated: its place in the state, and why, in the words that AWS has for it."""

import pytest

from tests.builders.worlds import details, distributed_map, inline_map, machine, passing, run, task

WHERE = "An error occurred while executing the state 'One' (entered at the event id #2)."
UNEXPECTED = (
    "The JSONata expression '{}' specified for the field '{}' returned an unexpected result type. "
    "Expected '{}', but was '{}' for value: {}"
)
MOMENT = (
    "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string"
)


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (
            {"Type": "Wait", "Seconds": "{% -1 %}"},
            "The field 'Seconds' must be a number from 0 to 99999999, but was: -1",
        ),
        (
            {"Type": "Choice", "Choices": [{"Condition": "{% 5 %}", "Next": "Two"}]},
            UNEXPECTED.format(5, "Choices[0]/Condition", "boolean", "number", 5),
        ),
        (
            inline_map(("In", passing()), Items="{% 'x' %}"),
            UNEXPECTED.format("'x'", "Items", "array", "string", '"x"'),
        ),
        (
            inline_map(("In", passing())),
            "Map state input must be an array but was: {}",
        ),
        (
            {"Type": "Wait", "Timestamp": "{% 'soon' %}"},
            f"{MOMENT}: soon",
        ),
        (
            {"Type": "Fail", "Error": "{% 5 %}"},
            "The field 'Error' must be a string, but was: 5",
        ),
    ],
)
def test_a_value_that_cannot_be_is_told_as_aws_tells_it(state, cause):
    more = [("Two", passing())] if state["Type"] == "Choice" else []
    definition = machine(("One", state), *more)
    if state["Type"] == "Wait":
        definition["States"]["One"]["End"] = True
    outcome = run(definition, {}).outcome
    assert outcome.error == "States.QueryEvaluationError"
    assert outcome.cause == f"{WHERE} {cause}"


def test_no_way_out_of_a_choice_is_told_as_aws_tells_it():
    choice = {"Type": "Choice", "Choices": [{"Condition": False, "Next": "Two"}]}
    cause = run(machine(("One", choice), ("Two", passing())), {}).outcome.cause
    assert cause == f"{WHERE} Failed to transition out of the state."


@pytest.mark.parametrize(
    ("state", "location"),
    [
        (task(Arguments={"FunctionName": "{% $no %}"}), "Arguments/FunctionName"),
        (task(TimeoutSeconds="{% $no %}"), "TimeoutSeconds"),
        (task(HeartbeatSeconds="{% $no %}"), "HeartbeatSeconds"),
        (task(Credentials={"RoleArn": "{% $no %}"}), "Credentials/RoleArn"),
        (inline_map(("In", passing()), MaxConcurrency="{% $no %}", Items=[]), "MaxConcurrency"),
        (inline_map(("In", passing()), ItemSelector="{% $no %}", Items=[1]), "ItemSelector"),
        (
            inline_map(("In", passing()), ToleratedFailureCount="{% -1 %}", Items=[]),
            "ToleratedFailureCount",
        ),
        (
            inline_map(("In", passing()), ToleratedFailurePercentage="{% 100.5 %}", Items=[]),
            "ToleratedFailurePercentage",
        ),
        (
            distributed_map(("In", passing()), ToleratedFailurePercentage="{% 101 %}", Items=[]),
            "ToleratedFailurePercentage",
        ),
        (
            distributed_map(("In", passing()), ToleratedFailureCount="{% -1 %}", Items=[]),
            "ToleratedFailureCount",
        ),
        (
            distributed_map(("In", passing()), MaxConcurrency="{% -1 %}", Items=[]),
            "MaxConcurrency",
        ),
        (
            distributed_map(
                ("In", passing()),
                Items=[],
                ResultWriter={
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Arguments": {"Bucket": "{% $no %}"},
                    "WriterConfig": {},
                },
            ),
            "ResultWriter/Arguments/Bucket",
        ),
        (
            distributed_map(
                ("In", passing()),
                ItemReader={
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Arguments": {"Bucket": "{% $no %}"},
                },
            ),
            "ItemReader/Arguments/Bucket",
        ),
        (
            distributed_map(
                ("In", passing()),
                ItemReader={
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Arguments": "{% 5 %}",
                },
            ),
            "ItemReader/Arguments",
        ),
        (
            distributed_map(
                ("In", passing()),
                ItemReader={
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Arguments": {"Bucket": "b"},
                    "ReaderConfig": {"MaxItems": "{% -1 %}"},
                },
            ),
            "ItemReader/ReaderConfig/MaxItems",
        ),
        (
            distributed_map(
                ("In", passing()),
                ItemReader={
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Arguments": {"Bucket": "b"},
                    "ReaderConfig": {"MaxItems": "{% $no %}"},
                },
            ),
            "ItemReader/ReaderConfig/MaxItems",
        ),
        (
            distributed_map(
                ("In", passing()), Items=[1], ItemBatcher={"MaxInputBytesPerBatch": "{% 0 %}"}
            ),
            "ItemBatcher/MaxInputBytesPerBatch",
        ),
        (
            distributed_map(
                ("In", passing()),
                Items=[1],
                ItemBatcher={"MaxItemsPerBatch": 1, "BatchInput": {"a": "{% $no %}"}},
            ),
            "ItemBatcher/BatchInput/a",
        ),
    ],
)
def test_the_place_of_whatever_cannot_be_evaluated_is_told(state, location):
    execution = run(machine(("One", state)), {})
    assert execution.outcome.error == "States.QueryEvaluationError"
    (told,) = details(execution, "EvaluationFailed")
    assert (told["location"], told["state"]) == (location, "One")
