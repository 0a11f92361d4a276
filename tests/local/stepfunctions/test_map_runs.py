"""Map Runs of Distributed Maps, and their Standard children."""

import pytest


def distributed(task, function="echo", kind="STANDARD", **more):
    child = {"Type": "Task", **task(function), "End": True}
    return {
        "Type": "Map",
        "Label": "Each",
        "Items": "{% $states.input %}",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
            "StartAt": "Child",
            "States": {"Child": child},
        },
        **more,
    }


def picky(payload):
    """Fails for a negative item."""
    if payload < 0:
        raise ValueError("negative")
    return payload


@pytest.fixture
def map_run(api):
    """The ARN of the one Map Run of an execution."""

    def find(execution):
        (found,) = api("ListMapRuns", executionArn=execution)["mapRuns"]
        return found["mapRunArn"]

    return find


def test_a_map_run_is_listed_and_described_with_awss_fields(api, task, map_run):
    machine = api.machine(distributed(task, MaxConcurrency=1))
    execution = api.run(machine, [1, 2])["executionArn"]
    (listed,) = api("ListMapRuns", executionArn=execution)["mapRuns"]
    assert listed.pop("startDate") <= listed.pop("stopDate")
    arn = map_run(execution)
    assert arn.startswith("arn:aws:states:us-east-1:123456789012:mapRun:machine/Each:")
    assert listed == {
        "executionArn": execution,
        "mapRunArn": arn,
        "stateMachineArn": f"{machine}/Each",
    }
    found = api("DescribeMapRun", mapRunArn=arn)
    assert found.pop("startDate") <= found.pop("stopDate")
    counts = {
        **dict.fromkeys(("pending", "running", "failed", "timedOut", "aborted"), 0),
        **dict.fromkeys(("failuresNotRedrivable", "pendingRedrive"), 0),
        **dict.fromkeys(("succeeded", "total", "resultsWritten"), 2),
    }
    assert found == {
        "mapRunArn": arn,
        "executionArn": execution,
        "status": "SUCCEEDED",
        "maxConcurrency": 1,
        "toleratedFailureCount": 0,
        "toleratedFailurePercentage": 0.0,
        "itemCounts": counts,
        "executionCounts": counts,
        "redriveCount": 0,
    }


def test_standard_children_are_executions_of_the_map_run(api, task, map_run):
    machine = api.machine(distributed(task))
    execution = api.run(machine, [1, 2, 3])["executionArn"]
    arn = map_run(execution)
    children = api("ListExecutions", mapRunArn=arn)["executions"]
    assert len(children) == 3
    assert {child["mapRunArn"] for child in children} == {arn}
    assert {child["stateMachineArn"] for child in children} == {f"{machine}/Each"}
    described = [api("DescribeExecution", executionArn=child["executionArn"]) for child in children]
    assert sorted(child["output"] for child in described) == ["1", "2", "3"]
    assert {child["mapRunArn"] for child in described} == {arn}
    first = children[0]["executionArn"]
    assert api.events(first)[-1]["type"] == "ExecutionSucceeded"
    found = api("DescribeStateMachineForExecution", executionArn=first)
    assert (found["mapRunArn"], found["label"], found["name"]) == (arn, "Each", "machine/Each")
    assert '"StartAt": "Child"' in found["definition"]
    own = api("ListExecutions", stateMachineArn=machine)["executions"]
    assert [each["executionArn"] for each in own] == [execution]


def test_express_children_are_counted_and_not_kept(api, world, task, map_run):
    machine = api.machine(distributed(task, kind="EXPRESS"))
    execution = api.run(machine, [1, 2, 3])["executionArn"]
    arn = map_run(execution)
    found = api("DescribeMapRun", mapRunArn=arn)
    assert found["executionCounts"]["succeeded"] == 3
    assert api("ListExecutions", mapRunArn=arn)["executions"] == []
    assert {detail["executionArn"] for detail in world.details} == {execution}


def test_a_redrive_goes_on_with_the_children_that_failed(api, world, task, map_run):
    world.functions["picky"] = picky
    machine = api.machine(distributed(task, "picky", MaxConcurrency=1))
    execution = api.run(machine, [1, -2, 3])["executionArn"]
    arn = map_run(execution)
    assert api("DescribeMapRun", mapRunArn=arn)["status"] == "FAILED"
    (failed,) = api("ListExecutions", mapRunArn=arn, statusFilter="FAILED")["executions"]
    child = api("DescribeExecution", executionArn=failed["executionArn"])
    assert child["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    world.functions["picky"] = abs
    answer = api("RedriveExecution", executionArn=execution)
    assert api.end(execution)["output"] == "[1,2,3]"
    found = api("DescribeMapRun", mapRunArn=arn)
    assert (found["status"], found["redriveCount"]) == ("SUCCEEDED", 1)
    assert found["redriveDate"] >= answer["redriveDate"]
    assert found["executionCounts"]["succeeded"] == found["executionCounts"]["total"] == 3
    redriven = api("ListExecutions", mapRunArn=arn, redriveFilter="REDRIVEN")["executions"]
    assert [each["executionArn"] for each in redriven] == [failed["executionArn"]]
    others = api("ListExecutions", mapRunArn=arn, redriveFilter="NOT_REDRIVEN")["executions"]
    assert len(others) == 2
    child = api("DescribeExecution", executionArn=failed["executionArn"])
    assert (child["status"], child["redriveCount"]) == ("SUCCEEDED", 1)
    assert world.statuses(failed["executionArn"]) == ["RUNNING", "FAILED", "RUNNING", "SUCCEEDED"]


def test_a_child_is_not_redriven_by_itself(api, world, task, map_run):
    world.functions["picky"] = picky
    execution = api.run(api.machine(distributed(task, "picky")), [-1])["executionArn"]
    (child,) = api("ListExecutions", mapRunArn=map_run(execution))["executions"]
    refused = api.refused("RedriveExecution", executionArn=child["executionArn"])
    assert refused[0] == "ExecutionNotRedrivable"


def test_stopping_the_execution_aborts_its_map_run_and_children(api, world, task, map_run):
    execution = api.start(api.machine(distributed(task, "held")), [1, 2])
    world.wait_for_held(2)
    arn = map_run(execution)
    assert api("DescribeMapRun", mapRunArn=arn)["executionCounts"]["running"] == 2
    api("StopExecution", executionArn=execution)
    found = api("DescribeMapRun", mapRunArn=arn)
    assert (found["status"], found["executionCounts"]["aborted"]) == ("ABORTED", 2)
    children = api("ListExecutions", mapRunArn=arn)["executions"]
    assert [child["status"] for child in children] == ["ABORTED", "ABORTED"]


def test_a_map_runs_limits_can_be_changed(api, world, task, map_run):
    execution = api.start(api.machine(distributed(task, "held")), [1])
    world.wait_for_held()
    arn = map_run(execution)
    change = {"maxConcurrency": 7, "toleratedFailureCount": 2, "toleratedFailurePercentage": 5.5}
    assert api("UpdateMapRun", mapRunArn=arn, **change) == {}
    found = api("DescribeMapRun", mapRunArn=arn)
    assert {name: found[name] for name in change} == change
    refused = api.refused("UpdateMapRun", mapRunArn=arn, toleratedFailurePercentage=101)
    assert refused[0] == "ValidationException"


def test_a_higher_concurrency_counts_at_once(api, world, task, map_run):
    execution = api.start(api.machine(distributed(task, "held", MaxConcurrency=1)), [1, 2, 3, 4])
    world.wait_for_held(1)
    api("UpdateMapRun", mapRunArn=map_run(execution), maxConcurrency=3)
    world.wait_for_held(3)
    counts = api("DescribeMapRun", mapRunArn=map_run(execution))["executionCounts"]
    assert counts["running"] == 3


def test_a_lower_concurrency_lets_run_what_runs_and_starts_no_more(api, world, task, map_run):
    execution = api.start(api.machine(distributed(task, "held", MaxConcurrency=3)), [1, 2, 3, 4, 5])
    world.wait_for_held(3)
    api("UpdateMapRun", mapRunArn=map_run(execution), maxConcurrency=1)
    assert api("DescribeMapRun", mapRunArn=map_run(execution))["executionCounts"]["running"] == 3
    for succeeded in (3, 4):
        world.release()
        world.wait_for_held(1)
        counts = api("DescribeMapRun", mapRunArn=map_run(execution))["executionCounts"]
        assert (counts["running"], counts["succeeded"]) == (1, succeeded)
    world.release()
    world.wait_for_status(execution, "SUCCEEDED")


def test_a_concurrency_of_0_is_awss_own_limit(api, world, task, map_run):
    execution = api.start(api.machine(distributed(task, "held", MaxConcurrency=1)), [1, 2, 3])
    world.wait_for_held(1)
    api("UpdateMapRun", mapRunArn=map_run(execution), maxConcurrency=0)
    world.wait_for_held(3)
    assert api("DescribeMapRun", mapRunArn=map_run(execution))["maxConcurrency"] == 10_000


def test_map_runs_of_an_execution_are_listed_newest_first_in_pages(api, task):
    again = distributed(task, Output="{% $states.input %}")
    states = [{**again, "Label": label} for label in ("One", "Two", "Three")]
    execution = api.run(api.machine(*_named_apart(states)), [1])["executionArn"]
    pages = api.pages("ListMapRuns", "mapRuns", executionArn=execution, maxResults=2)
    labels = [[run["stateMachineArn"].rpartition("/")[2] for run in page] for page in pages]
    assert labels == [["Three", "Two"], ["One"]]


def _named_apart(states):
    """State names are unique in a whole definition."""
    for number, state in enumerate(states):
        processor = state["ItemProcessor"]
        name = f"Child {number}"
        state["ItemProcessor"] = {
            **processor,
            "StartAt": name,
            "States": {name: processor["States"]["Child"]},
        }
        yield state


def test_a_map_run_that_is_not_there_is_refused(api):
    arn = "arn:aws:states:us-east-1:123456789012:mapRun:machine/Each:none"
    for operation in ("DescribeMapRun", "UpdateMapRun"):
        refused = api.refused(operation, mapRunArn=arn)
        assert refused == ("ResourceNotFound", f"Resource not found: '{arn}'")
    assert api.refused("ListExecutions", mapRunArn=arn)[0] == "ResourceNotFound"


def test_a_deleted_machine_takes_its_map_runs_and_children_along(api, task, map_run):
    machine = api.machine(distributed(task))
    execution = api.run(machine, [1])["executionArn"]
    arn = map_run(execution)
    (child,) = api("ListExecutions", mapRunArn=arn)["executions"]
    api("DeleteStateMachine", stateMachineArn=machine)
    assert api.refused("DescribeMapRun", mapRunArn=arn)[0] == "ResourceNotFound"
    refused = api.refused("DescribeExecution", executionArn=child["executionArn"])
    assert refused[0] == "ExecutionDoesNotExist"
