"""States of JSONPath, which AWS runs and this machine does not: refused for that alone."""

import json

import pytest

from local.asl import DefinitionError, Machine
from tests.builders.worlds import machine, passing

NOT_RUN = "JSONPath is not run here: set QueryLanguage to JSONata"
INSIDE = {"StartAt": "In", "States": {"In": passing(QueryLanguage="JSONata", End=True)}}
DISTRIBUTED = {**INSIDE, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
INVOKING = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": {"Bucket": "b", "Key.$": "$.k"},
}


def problems(state, **top):
    with pytest.raises(DefinitionError) as refused:
        Machine.parse(json.dumps({**machine(("One", state)), **top}))
    return {(problem.message, problem.location) for problem in refused.value.problems}


def mapping(**fields):
    return {"Type": "Map", "ItemProcessor": DISTRIBUTED, "End": True, **fields}


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Assign": {"n.$": "$.n"}, "ResultPath": "$.r", "End": True},
        {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "One"}]},
        {"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a"}, "Next": "One"}]},
        {**INVOKING, "Parameters": {"FunctionName": "f", "Payload.$": "$"}},
        {**INVOKING, "Credentials": {"RoleArn.$": "$.role"}},
        {**INVOKING, "Catch": [{"ErrorEquals": ["E"], "ResultPath": "$.e", "Next": "One"}]},
        mapping(ItemReader={**READER, "ReaderConfig": {"InputType": "CSV", "MaxItemsPath": "$.n"}}),
        mapping(ItemBatcher={"MaxItemsPerBatchPath": "$.n"}),
        mapping(ResultWriter={**READER, "Resource": "arn:aws:states:::s3:putObject"}),
        {"Type": "Map", "ItemsPath": "$.i", "Iterator": INSIDE, "End": True},
    ],
    ids=json.dumps,
)
def test_fields_that_jsonpath_has_are_no_problems_of_their_own(state):
    assert (NOT_RUN, "/States/One") in problems(state)
    assert {message for message, _ in problems(state)} <= {
        NOT_RUN,
        "Workflow has no terminal state",
    }


def test_in_a_machine_of_jsonata_they_are_refused_as_aws_refuses_them():
    found = problems(mapping(ItemBatcher={"MaxItemsPerBatchPath": "$.n"}), QueryLanguage="JSONata")
    assert {place for _, place in found} == {"/States/One/ItemBatcher"}
