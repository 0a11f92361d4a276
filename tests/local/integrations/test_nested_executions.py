"""Executions that a task starts: what it gets of them, and what becomes of them without it."""

import json
import time

import pytest

from tests.builders.waiting import once

ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
RESOURCE = "arn:aws:states:::states:startExecution"
DONE = {"Type": "Succeed", "Output": {"ok": True}}
BAD = {"Type": "Fail", "Error": "Broken", "Cause": "as told"}
LONG = {"Type": "Wait", "Seconds": 3600, "End": True}


class Nested:
    """Machines that start machines."""

    def __init__(self, served):
        self.served = served
        self.states = served.client("stepfunctions")

    def machine(self, state, *statements):
        definition = {"QueryLanguage": "JSONata", "StartAt": "Only", "States": {"Only": state}}
        return self.states.create_state_machine(
            name=self.served.name("nested"),
            definition=json.dumps(definition),
            roleArn=self.served.role(*statements),
        )["stateMachineArn"]

    def parent(self, child, pattern="", may=("states:*",), **more):
        """The ARN of an execution that starts `child`."""
        arguments = {"StateMachineArn": child, "Input": {"k": 1}}
        state = {"Type": "Task", "Resource": RESOURCE + pattern, "Arguments": arguments, **more}
        machine = self.machine({**state, "End": True}, *[(action, "*") for action in may])
        return self.states.start_execution(stateMachineArn=machine)["executionArn"]

    def ended(self, arn):
        return once(lambda: self._if_ended(arn))

    def _if_ended(self, arn):
        found = self.states.describe_execution(executionArn=arn)
        return found if found["status"] in ENDED else None

    def child(self, machine):
        """The ARN of the child, once it was started."""
        return once(lambda: self._started(machine))[0]["executionArn"]

    def _started(self, machine):
        return self.states.list_executions(stateMachineArn=machine)["executions"]

    def events(self, arn):
        return self.states.get_execution_history(executionArn=arn)["events"]


@pytest.fixture(scope="module")
def nested(served):
    return Nested(served)


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("pattern", "given", "output"),
    [(".sync", '{"k":1}', '{"ok":true}'), (".sync:2", {"k": 1}, {"ok": True})],
)
def test_a_task_that_waits_gets_the_childs_description(nested, pattern, given, output):
    machine = nested.machine(DONE)
    result = json.loads(nested.ended(nested.parent(machine, pattern))["output"])
    child = nested.ended(nested.child(machine))
    assert result == {
        "ExecutionArn": child["executionArn"],
        "Input": given,
        "InputDetails": {"Included": True},
        "Name": child["name"],
        "Output": output,
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "StartDate": milliseconds(child["startDate"]),
        "StateMachineArn": machine,
        "Status": "SUCCEEDED",
        "StopDate": milliseconds(child["stopDate"]),
    }
    assert list(result) == sorted(result)


@pytest.mark.parametrize("pattern", [".sync", ".sync:2"])
def test_the_history_says_when_the_child_was_started(nested, pattern):
    machine = nested.machine(DONE)
    arn = nested.parent(machine, pattern)
    nested.ended(arn)
    events = nested.events(arn)
    assert [each["type"] for each in events][2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    told = events[4]["taskSubmittedEventDetails"]
    child = nested.ended(nested.child(machine))
    assert (told["resourceType"], told["resource"]) == ("states", f"startExecution{pattern}")
    assert json.loads(told["output"]) == {
        "ExecutionArn": child["executionArn"],
        "StartDate": milliseconds(child["startDate"]),
    }


def test_a_task_that_does_not_wait_gets_what_starting_answers(nested):
    machine = nested.machine(LONG)
    arn = nested.parent(machine)
    result = json.loads(nested.ended(arn)["output"])
    child = nested.states.describe_execution(executionArn=nested.child(machine))
    assert result == {
        "ExecutionArn": child["executionArn"],
        "StartDate": milliseconds(child["startDate"]),
    }
    assert child["status"] == "RUNNING"
    assert "TaskSubmitted" not in [each["type"] for each in nested.events(arn)]


def test_a_failed_child_is_the_tasks_failure_and_its_cause(nested):
    machine = nested.machine(BAD)
    parent = nested.ended(nested.parent(machine, ".sync:2"))
    cause = json.loads(parent["cause"])
    assert (parent["status"], parent["error"]) == ("FAILED", "States.TaskFailed")
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "Broken", "as told")
    assert cause["Input"] == '{"k":1}'


def test_a_child_that_may_not_be_started_is_the_services_error(nested):
    machine = nested.machine(DONE)
    parent = nested.ended(nested.parent(machine, ".sync", may=()))
    assert parent["status"] == "FAILED"
    assert parent["error"].startswith("StepFunctions.")
    assert "states:StartExecution" in parent["cause"]
    assert nested.served.inputs(machine) == []


def test_a_stopped_parent_stops_the_child_it_waits_for(nested):
    machine = nested.machine(LONG)
    arn = nested.parent(machine, ".sync")
    child = nested.child(machine)
    nested.states.stop_execution(executionArn=arn)
    found = nested.ended(child)
    assert found["status"] == "ABORTED"
    assert found["cause"] == (
        f"The Task state in AWS Step Functions execution [{arn}] "
        "which was managing this resource was aborted"
    )


def test_a_task_that_times_out_stops_the_child_it_waits_for(nested):
    machine = nested.machine(LONG)
    parent = nested.ended(nested.parent(machine, ".sync:2", TimeoutSeconds=1))
    assert parent["error"] == "States.Timeout"
    assert nested.ended(nested.child(machine))["status"] == "ABORTED"


def test_a_child_that_may_not_be_stopped_runs_on(nested):
    machine = nested.machine(LONG)
    arn = nested.parent(machine, ".sync", may=["states:StartExecution"])
    child = nested.child(machine)
    nested.states.stop_execution(executionArn=arn)
    time.sleep(0.3)
    assert nested.states.describe_execution(executionArn=child)["status"] == "RUNNING"
