"""StartExecution: names, inputs, and the same execution asked for twice."""

import json

import pytest

LIMIT = 262_144
PASS = {"Type": "Pass"}
ARN = "arn:aws:states:us-east-1:123456789012"


def test_an_execution_is_described_with_all_that_became_of_it(api, task):
    machine = api.machine(task())
    found = api.run(machine, {"a": 1}, name="one", traceHeader="Root=1-2-3")
    assert found.pop("startDate") <= found.pop("stopDate")
    assert found == {
        "executionArn": f"{ARN}:execution:machine:one",
        "stateMachineArn": f"{ARN}:stateMachine:machine",
        "name": "one",
        "status": "SUCCEEDED",
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": '{"a":1}',
        "outputDetails": {"included": True},
        "traceHeader": "Root=1-2-3",
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


def test_metadata_only_leaves_the_data_out(api):
    arn = api.run(api.machine(PASS))["executionArn"]
    found = api("DescribeExecution", executionArn=arn, includedData="METADATA_ONLY")
    assert not {"input", "output", "inputDetails", "outputDetails"} & found.keys()


def test_a_failed_execution_tells_its_error_and_has_no_output(api):
    machine = api.machine({"Type": "Fail", "Error": "Broken", "Cause": "on purpose"})
    found = api.run(machine)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Broken", "on purpose")
    assert "output" not in found
    assert found["redriveStatus"] == "REDRIVABLE"


def test_a_start_answers_before_the_execution_ends(api, world, task):
    machine = api.machine(task("held"))
    arn = api.start(machine)
    world.wait_for_held()
    assert api("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    world.release()
    assert api.end(arn)["status"] == "SUCCEEDED"


def test_without_a_name_each_start_is_an_execution_of_its_own(api):
    machine = api.machine(PASS)
    assert api.start(machine) != api.start(machine)


def test_without_an_input_it_is_an_empty_object(api):
    arn = api("StartExecution", stateMachineArn=api.machine(PASS))["executionArn"]
    assert api.end(arn)["input"] == "{}"


def test_the_same_name_and_input_answer_the_execution_that_runs(api, world, task):
    machine = api.machine(task("held"))
    first = api("StartExecution", stateMachineArn=machine, name="one", input="[1]")
    assert api("StartExecution", stateMachineArn=machine, name="one", input="[1]") == first
    world.wait_for_held()
    world.release()
    api.end(first["executionArn"])
    assert len(world.requests) == 1


@pytest.mark.parametrize("given", ["[1]", "[2]"])
def test_the_name_of_an_execution_that_ended_is_taken(api, given):
    machine = api.machine(PASS)
    arn = api.run(machine, [1], name="one")["executionArn"]
    refused = api.refused("StartExecution", stateMachineArn=machine, name="one", input=given)
    assert refused == ("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")


def test_another_input_under_the_name_of_one_that_runs_is_refused(api, world, task):
    machine = api.machine(task("held"))
    api("StartExecution", stateMachineArn=machine, name="one", input="[1]")
    refused = api.refused("StartExecution", stateMachineArn=machine, name="one", input="[2]")
    assert refused[0] == "ExecutionAlreadyExists"


def test_two_machines_may_have_executions_of_the_same_name(api):
    for name in ("first", "second"):
        found = api.run(api.machine(PASS, name=name), name="one")
        assert found["executionArn"] == f"{ARN}:execution:{name}:one"


@pytest.mark.parametrize("name", ["a b", "a/b", "a:b", "a*", "a<b", "a#b", 'a"b', "a\x7fb", "a,b"])
def test_a_name_with_a_forbidden_character_is_refused(api, name):
    refused = api.refused("StartExecution", stateMachineArn=api.machine(PASS), name=name)
    assert refused == ("InvalidName", f"Invalid Name: '{name}'")


@pytest.mark.parametrize("name", ["a.b", "a-b_c", "(a)", "a@b", "a+b=c!", "ünïcode", "x" * 80])
def test_other_characters_make_a_name(api, name):
    assert api.run(api.machine(PASS), name=name)["name"] == name


def test_a_name_of_81_characters_is_refused_with_aws_words(api):
    code, message = api.refused("StartExecution", stateMachineArn=api.machine(PASS), name="x" * 81)
    assert code == "ValidationException"
    assert message == (
        f"1 validation error detected: Value '{'x' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80"
    )


@pytest.mark.parametrize("given", ["not json", "{'a': 1}", "{", "NaN", "[Infinity]", "[" * 100_000])
def test_an_input_that_is_not_json_is_refused(api, given):
    refused = api.refused("StartExecution", stateMachineArn=api.machine(PASS), input=given)
    assert refused[0] == "InvalidExecutionInput"
    assert refused[1].startswith("Invalid State Machine Execution Input: '")


def test_an_empty_input_is_refused_with_aws_words(api):
    assert api.refused("StartExecution", stateMachineArn=api.machine(PASS), input="") == (
        "InvalidExecutionInput",
        "Invalid State Machine Execution Input: 'Invalid execution input.'",
    )


@pytest.mark.parametrize("given", ["1", '"text"', "null", "true", "[]"])
def test_any_json_value_is_an_input(api, given):
    found = api.end(
        api("StartExecution", stateMachineArn=api.machine(PASS), input=given)["executionArn"]
    )
    assert (found["status"], found["output"]) == ("SUCCEEDED", given)


def test_an_input_may_have_256_kib_in_utf_8(api):
    machine = api.machine({"Type": "Pass", "Output": 1})
    largest = json.dumps("é" * ((LIMIT - 2) // 2), ensure_ascii=False)
    start = {"stateMachineArn": machine, "input": largest}
    assert api.end(api("StartExecution", **start)["executionArn"])["status"] == "SUCCEEDED"
    code, message = api.refused("StartExecution", stateMachineArn=machine, input=f"{largest} ")
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 262144")


def test_a_start_of_a_machine_that_is_not_there_is_refused(api):
    arn = f"{ARN}:stateMachine:none"
    refused = api.refused("StartExecution", stateMachineArn=arn)
    assert refused == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        ("nonsense", "Invalid Arn: 'Invalid ARN prefix: nonsense'"),
        ("arn:aws:states", "Invalid Arn: 'Invalid ARN: arn:aws:states'"),
        (
            f"{ARN}:execution:machine:one",
            "Invalid Arn: 'Resource type not valid in this context: execution'",
        ),
    ],
)
def test_what_is_no_arn_of_a_machine_is_refused(api, arn, message):
    assert api.refused("StartExecution", stateMachineArn=arn) == ("InvalidArn", message)


@pytest.mark.parametrize("operation", ["DescribeExecution", "StopExecution", "RedriveExecution"])
def test_an_execution_that_is_not_there_is_said_so(api, operation):
    arn = f"{ARN}:execution:machine:none"
    refused = api.refused(operation, executionArn=arn)
    assert refused == ("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
