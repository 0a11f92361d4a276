"""Updates of state machines: whom they are for, and what is refused."""

import json

import pytest

ARN = "arn:aws:states:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/machine"
OTHER_ROLE = "arn:aws:iam::123456789012:role/other"
PASS = {"Type": "Pass"}


@pytest.fixture
def definition(row):
    return json.dumps(row(PASS))


@pytest.fixture
def other_definition(row):
    return json.dumps(row(PASS, PASS))


def test_an_update_is_for_executions_that_start_later(api, world, task, other_definition):
    machine = api.machine(task("held"))
    before = api("DescribeStateMachine", stateMachineArn=machine)["definition"]
    running = api.start(machine)
    world.wait_for_held()
    updated = api("UpdateStateMachine", stateMachineArn=machine, definition=other_definition)
    world.release()
    api.end(running)
    later = api.run(machine)["executionArn"]
    old = api("DescribeStateMachineForExecution", executionArn=running)
    new = api("DescribeStateMachineForExecution", executionArn=later)
    assert old["definition"] == before
    assert "revisionId" not in old
    assert new["definition"] == other_definition
    assert new["revisionId"] == updated["revisionId"]
    assert new["updateDate"] == updated["updateDate"]
    assert [event["type"] for event in api.events(later)].count("PassStateEntered") == 2


def test_a_redriven_execution_keeps_its_definition(api, world, task, fail_once, other_definition):
    machine = api.machine(task("once"))
    world.functions["once"] = fail_once()
    arn = api.run(machine)["executionArn"]
    before = api("DescribeStateMachineForExecution", executionArn=arn)["definition"]
    api("UpdateStateMachine", stateMachineArn=machine, definition=other_definition)
    api("RedriveExecution", executionArn=arn)
    assert api.end(arn)["status"] == "SUCCEEDED"
    assert api("DescribeStateMachineForExecution", executionArn=arn)["definition"] == before


def test_an_update_without_a_change_keeps_the_revision(api, other_definition):
    machine = api.machine(PASS)
    change = {"stateMachineArn": machine, "definition": other_definition, "roleArn": OTHER_ROLE}
    first = api("UpdateStateMachine", **change)["revisionId"]
    assert api("UpdateStateMachine", **change)["revisionId"] == first
    assert api("UpdateStateMachine", **{**change, "roleArn": ROLE})["revisionId"] != first


def test_an_update_of_nothing_is_refused_with_aws_words(api):
    assert api.refused("UpdateStateMachine", stateMachineArn=api.machine(PASS)) == (
        "MissingRequiredParameter",
        (
            "Either the definition, the role ARN, the LoggingConfiguration, or the "
            "TracingConfiguration must be specified"
        ),
    )


def test_a_refused_update_changes_nothing(api):
    machine = api.machine(PASS)
    before = api("DescribeStateMachine", stateMachineArn=machine)
    refused = api.refused("UpdateStateMachine", stateMachineArn=machine, definition="{}")
    assert refused[0] == "InvalidDefinition"
    assert api("DescribeStateMachine", stateMachineArn=machine) == before
