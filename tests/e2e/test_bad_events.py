"""An execution started with anything but S3's event is a rejection, and stops no report."""

import json
import uuid

import pytest

WRONG = {
    "a version that is null": {"version-id": None},
    "a key that is a number": {"key": 7},
    "no size": {"size": None},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_bad_event_ends_as_a_rejection_with_its_letter(world, wrong):
    key = f"events/{uuid.uuid4()}.csv"
    version = world.upload(key, b"id\n1\n")
    event = json.loads(world.ended(key, version)["input"])
    event["detail"]["object"].update(WRONG[wrong])
    arn = world.client("stepfunctions").start_execution(
        stateMachineArn=world.machine, input=json.dumps(event)
    )["executionArn"]
    assert world.status_once_ended(arn) == "SUCCEEDED"
    record = json.loads(world.describe(arn)["output"])
    assert (record["status"], record["error"]["code"]) == ("rejected", "BAD_EVENT")
    (letter,) = world.dead_letters(arn)
    assert letter["code"] == "BAD_EVENT"


def test_a_key_that_sqs_would_refuse_is_rejected_with_its_letter(world):
    key = f"odd/{uuid.uuid4()}\ufffe\uffff.csv"
    version = world.upload(key, b"")
    assert world.ended(key, version)["status"] == "SUCCEEDED"
    (letter,) = world.dead_letters(key.partition("\ufffe")[0])
    assert letter["key"] == key
