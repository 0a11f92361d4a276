"""Definitions with every field that is run here, and what is wrong with one."""

import json

from local.asl import DefinitionError, Machine
from tests.builders.worlds import distributed_map, machine, passing, task

ERRORS = {"ErrorEquals": ["Broken"]}
LISTING = "arn:aws:states:::s3:listObjectsV2"
READING = "arn:aws:states:::s3:getObject"
PUTTING = "arn:aws:states:::s3:putObject"
SHAPES = {"Output": 1, "Assign": {"n": 1}, "Comment": "why", "QueryLanguage": "JSONata"}
RETRIER = {
    **ERRORS,
    "Comment": "again",
    "IntervalSeconds": 1,
    "BackoffRate": 1.5,
    "MaxAttempts": 2,
    "MaxDelaySeconds": 9,
    "JitterStrategy": "FULL",
}
CATCHER = {**ERRORS, "Next": "End", "Comment": "then", "Output": 1, "Assign": {"n": 1}}
RECOVERY = {"Retry": [RETRIER], "Catch": [CATCHER]}
RULE = {"Condition": True, "Next": "End", "Comment": "if", "Output": 1, "Assign": {"n": 1}}
READER = {
    "Resource": READING,
    "Arguments": {"Bucket": "b", "Key": "k"},
    "ReaderConfig": {
        "InputType": "CSV",
        "MaxItems": 5,
        "CSVHeaderLocation": "GIVEN",
        "CSVHeaders": ["a"],
        "CSVDelimiter": "TAB",
    },
}
WRITER = {
    "Resource": PUTTING,
    "Arguments": {"Bucket": "b"},
    "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},
}
CSV = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
BATCHER = {"MaxItemsPerBatch": 1, "MaxInputBytesPerBatch": 1, "BatchInput": {"a": 1}}
LIMITS = {"MaxConcurrency": 1, "ToleratedFailureCount": 1, "ToleratedFailurePercentage": 0.5}
INNER = {**machine(("In", passing())), "Comment": "inside"}


def problems(definition, language="JSONata"):
    try:
        Machine.parse(json.dumps({"QueryLanguage": language, **definition}))
    except DefinitionError as refused:
        return {problem.location for problem in refused.problems}
    return set()


def ending(state):
    """A definition of that state, and of one where its catchers and rules go."""
    definition = machine(("One", {**state, "Next": "End"}), ("End", {"Type": "Succeed"}))
    if state["Type"] in {"Choice", "Succeed", "Fail"}:
        del definition["States"]["One"]["Next"]
    if state["Type"] in {"Succeed", "Fail"}:
        del definition["States"]["End"]
    return definition


def mapped(**fields):
    return ending(distributed_map(("In", passing()), **fields))


def retrying(**fields):
    return ending({**task(Retry=[{**ERRORS, **fields}]), "Catch": [CATCHER]})


def caught(**fields):
    return ending({**task(**fields), "Catch": [CATCHER]})
