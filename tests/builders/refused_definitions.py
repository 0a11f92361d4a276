"""Definitions that are refused: what is said of them, and where."""

import json

import pytest

from local.asl import DefinitionError, Machine
from tests.builders.worlds import distributed_map, machine, passing, task

ROOT = {"QueryLanguage": "JSONata"}
RETRIER = {"ErrorEquals": ["Broken"]}
SYNC = "arn:aws:states:::states:startExecution.sync:2"
LISTING = "arn:aws:states:::s3:listObjectsV2"
READING = "arn:aws:states:::s3:getObject"


def problems(definition):
    with pytest.raises(DefinitionError) as refused:
        Machine.parse(json.dumps({**ROOT, **definition}))
    return refused.value.problems


def places(definition):
    return [problem.location for problem in problems(definition)]


def counting(**fields):
    return machine(("Count", task(**fields)))


def mapping(**fields):
    return machine(("Each", distributed_map(("One", passing()), **fields)))
