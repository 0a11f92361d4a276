"""Express workflows: synchronous and asynchronous starts; nothing is kept of them."""

import pytest

PASS = {"Type": "Pass"}
FAIL = {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}


@pytest.fixture
def express(api):
    def build(*states, name="express"):
        return api.machine(*states, name=name, kind="EXPRESS")

    return build


def test_a_synchronous_start_answers_how_it_ended(api, express, task):
    machine = express(task())
    found = api("StartSyncExecution", stateMachineArn=machine, name="one", input='{"a": 1}')
    assert found.pop("startDate") <= found.pop("stopDate")
    arn = found.pop("executionArn")
    assert arn.startswith("arn:aws:states:us-east-1:123456789012:express:express:one:")
    assert found.pop("billingDetails")["billedDurationInMilliseconds"] % 100 == 0
    assert found == {
        "stateMachineArn": machine,
        "name": "one",
        "status": "SUCCEEDED",
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": '{"a":1}',
        "outputDetails": {"included": True},
    }


def test_a_synchronous_start_answers_how_it_failed(api, express):
    found = api("StartSyncExecution", stateMachineArn=express(FAIL))
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Broken", "on purpose")
    assert "output" not in found


def test_a_name_may_be_used_again(api, express):
    machine = express(PASS)
    request = {"stateMachineArn": machine, "name": "one"}
    arns = {api("StartSyncExecution", **request)["executionArn"] for _ in range(3)}
    arns |= {api("StartExecution", **request)["executionArn"] for _ in range(3)}
    assert len(arns) == 6


def test_an_asynchronous_start_runs_and_nothing_is_kept(api, world, express, task):
    arn = api("StartExecution", stateMachineArn=express(task("held")))["executionArn"]
    world.wait_for_held()
    message = "Invalid Arn: 'Resource type not valid in this context: express'"
    for operation in ("DescribeExecution", "StopExecution", "GetExecutionHistory"):
        assert api.refused(operation, executionArn=arn) == ("InvalidArn", message)
    assert world.details == []


def test_what_is_for_the_other_type_is_refused_with_aws_words(api, express):
    message = "This operation is not supported by this type of state machine"
    refusal = ("StateMachineTypeNotSupported", message)
    standard = api.machine(PASS)
    assert api.refused("StartSyncExecution", stateMachineArn=standard) == refusal
    assert api.refused("ListExecutions", stateMachineArn=express(PASS)) == refusal
