"""What goes wrong in one execution stays there; and the end of the service."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.asl import Execution
from local.asl.runtime.branch import Branch
from local.stepfunctions import StoppedError

PASS = {"Type": "Pass"}


def test_a_fault_of_the_world_fails_one_execution_and_no_other(api, world, task, caplog):
    def fault(payload):
        raise ZeroDivisionError("a bug")

    world.functions["fault"] = fault
    faulty, held = api.machine(task("fault"), name="f"), api.machine(task("held"), name="h")
    other = api.start(held)
    world.wait_for_held()
    found = api.run(faulty)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert found["cause"].startswith("Internal Error (")
    assert "a bug" in caplog.text
    world.release()
    assert api.end(other)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("operation", [Execution, Branch])
def test_a_fault_of_the_interpreter_fails_one_execution_and_is_logged(
    api, monkeypatch, caplog, operation
):
    name = {Execution: "_finish", Branch: "advance"}[operation]

    async def fault(self):
        raise KeyError("a bug")

    machine = api.machine(PASS)
    with monkeypatch.context() as patch:
        patch.setattr(operation, name, fault)
        found = api.run(machine)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    last = api.events(found["executionArn"])[-1]
    assert last["type"] == "ExecutionFailed"
    assert last["executionFailedEventDetails"]["error"] == "States.Runtime"
    assert found["executionArn"] in caplog.text
    assert api.run(machine)["status"] == "SUCCEEDED"


def test_requests_come_from_many_threads_at_once(api, task):
    machine = api.machine(task(), PASS)

    def client(_):
        return [api.run(machine)["executionArn"] for _ in range(20)]

    with ThreadPoolExecutor(8) as clients:
        arns = [arn for found in clients.map(client, range(8)) for arn in found]
    pages = api.pages("ListExecutions", "executions", stateMachineArn=machine, maxResults=50)
    listed = [each["executionArn"] for page in pages for each in page]
    assert sorted(listed) == sorted(arns)
    assert len(set(arns)) == 160


def test_stopping_the_service_ends_its_thread_and_tells_nobody(api, world, task):
    arn = api.start(api.machine(task("held")))
    world.wait_for_held()
    assert "executions" in {thread.name for thread in threading.enumerate()}
    api.service.stop()
    assert "executions" not in {thread.name for thread in threading.enumerate()}
    assert world.statuses(arn) == ["RUNNING"]


def test_after_the_stop_requests_are_refused_and_a_second_stop_is_nothing(api):
    api.service.stop()
    api.service.stop()
    with pytest.raises(StoppedError):
        api("ListStateMachines")


def test_a_request_that_waits_is_cut_off_by_the_stop(api, world, task):
    machine = api.machine(task("held"), kind="EXPRESS")
    caught = []

    def client():
        try:
            api("StartSyncExecution", stateMachineArn=machine)
        except StoppedError as error:
            caught.append(error)

    thread = threading.Thread(target=client)
    thread.start()
    world.wait_for_held()
    api.service.stop()
    thread.join(10)
    assert len(caught) == 1


def test_what_would_wait_on_the_loop_for_the_loop_is_refused(api, world, task):
    machine = api.machine(PASS, kind="EXPRESS", name="express")
    caught = []

    def inside(payload):
        try:
            api.service.call("StartSyncExecution", {"stateMachineArn": machine})
        except RuntimeError as error:
            caught.append(str(error))
        return api.service.call("ListStateMachines", {})["stateMachines"][0]["name"]

    world.functions["inside"] = inside
    assert api.run(api.machine(task("inside"), name="outer"))["output"] == '"express"'
    assert caught == ["this would wait on the loop for the loop itself"]


def test_a_coroutine_of_the_loop_can_wait_for_an_execution(api, world, task):
    async def child(payload):
        started = api.service.call("StartExecution", {"stateMachineArn": inner, "input": "[1]"})
        return (await api.service.ended(started["executionArn"]))["output"]

    inner = api.machine(task(), PASS, name="inner")
    world.functions["child"] = child
    assert api.run(api.machine(task("child"), name="outer"))["output"] == '"[1]"'
