"""The API over the real interpreter and a fake world; every answer is checked against the model."""

import asyncio
import json
import random
import threading
import time

import pytest
from botocore.validate import ParamValidator

from local.asl import TaskFailed
from local.stepfunctions import ApiError, StepFunctions
from local.stepfunctions.validation import service_model

PREFIX = "arn:aws:states:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/machine"
PATIENCE = 10


class FakeWorld:
    """Calls go to functions by their name; a call of `held` waits until it is released."""

    def __init__(self):
        self.random = random.Random(1)
        self.ahead = 0.0
        self.functions = {}
        self.requests = []
        self.details = []
        self.broken_listener = False
        self._held = []
        self._told = threading.Condition()

    def now(self):
        return time.time() + self.ahead

    def status_changed(self, detail):
        if self.broken_listener:
            raise RuntimeError("nobody listens")
        with self._told:
            self.details.append(detail)
            self._told.notify_all()

    async def invoke(self, request):
        self.requests.append(request)
        name = request.arguments.get("FunctionName", request.action)
        if name == "held":
            gate = asyncio.Event()
            with self._told:
                self._held.append((asyncio.get_running_loop(), gate))
                self._told.notify_all()
            await gate.wait()
        function = self.functions.get(name, lambda payload: payload)
        answer = function(request.arguments.get("Payload", request.arguments))
        if asyncio.iscoroutine(answer):
            answer = await answer
        return {"Payload": answer, "StatusCode": 200} if request.service == "lambda" else answer

    def release(self):
        """Let every held call go on."""
        with self._told:
            held, self._held = self._held, []
        for loop, gate in held:
            loop.call_soon_threadsafe(gate.set)

    def wait_for_held(self, number=1):
        with self._told:
            assert self._told.wait_for(lambda: len(self._held) >= number, PATIENCE)

    def wait_for_status(self, arn, status):
        def told():
            return any(d["executionArn"] == arn and d["status"] == status for d in self.details)

        with self._told:
            assert self._told.wait_for(told, PATIENCE), (arn, status)

    def statuses(self, arn):
        return [each["status"] for each in self.details if each["executionArn"] == arn]


class Api:
    """The service as a client sees it, with short ways to do what most tests do first."""

    error = ApiError

    def __init__(self, world):
        self.world = world
        self.lines = []
        self.broken_log = False
        self.service = StepFunctions(
            world, "us-east-1", "123456789012", self.write, has_log_group=self.has_group
        )

    def has_group(self, name):
        return name != "none"

    def write(self, group, stream, line):
        """CloudWatch Logs."""
        if self.broken_log:
            raise OSError("no room")
        self.lines.append((group, stream, line))

    def __call__(self, operation, **parameters):
        answer = self.service.call(operation, parameters)
        shape = service_model().operation_model(operation).output_shape
        if shape is not None:
            report = ParamValidator().validate(json.loads(json.dumps(answer)), shape)
            assert not report.has_errors(), f"{operation}: {report.generate_report()}"
        return answer

    def refused(self, operation, **parameters):
        """The error of a request that must be refused: its code and its message."""
        with pytest.raises(ApiError) as caught:
            self(operation, **parameters)
        return caught.value.code, caught.value.message

    def machine(self, *states, name="machine", kind="STANDARD", **more):
        """A machine of such states in a row, named A, B, C...; its ARN."""
        definition = json.dumps(row(*states))
        created = self(
            "CreateStateMachine", name=name, definition=definition, roleArn=ROLE, type=kind, **more
        )
        return created["stateMachineArn"]

    def start(self, machine, given=None, **more):
        """An execution; its ARN."""
        parameters = {"stateMachineArn": machine, "input": json.dumps(given or {}), **more}
        return self("StartExecution", **parameters)["executionArn"]

    def run(self, machine, given=None, **more):
        """An execution, ended; its description."""
        return self.end(self.start(machine, given, **more))

    def end(self, arn):
        """The description of an execution, once it ended."""
        deadline = time.monotonic() + PATIENCE
        while (found := self("DescribeExecution", executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"{arn} still runs"
            time.sleep(0.002)
        return found

    def events(self, arn, **more):
        return self("GetExecutionHistory", executionArn=arn, maxResults=1000, **more)["events"]

    def pages(self, operation, member, **parameters):
        """All pages of a listing."""
        token, pages = {}, []
        while True:
            answer = self(operation, **parameters, **token)
            pages.append(answer[member])
            if "nextToken" not in answer:
                return pages
            token = {"nextToken": answer["nextToken"]}


def task(name="echo", **more):
    """A Task that invokes a function with the state's input."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": name, "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
        **more,
    }


def row(*states):
    """A definition whose states follow each other, named A, B, C..."""
    names = [chr(ord("A") + number) for number in range(len(states))]
    following = [{"Next": name} for name in names[1:]] + [{"End": True}]
    flow = {
        name: state if state["Type"] in {"Succeed", "Fail"} else state | step
        for name, state, step in zip(names, states, following, strict=True)
    }
    return {"QueryLanguage": "JSONata", "StartAt": "A", "States": flow}


def fail_once(error="Broken"):
    """A function that fails at its first call only."""
    calls = []

    def function(payload):
        calls.append(payload)
        if len(calls) == 1:
            raise TaskFailed(error, "the first call fails")
        return payload

    return function


@pytest.fixture
def world():
    return FakeWorld()


@pytest.fixture
def api(world):
    api = Api(world)
    yield api
    api.service.stop()


@pytest.fixture(name="task")
def task_builder():
    return task


@pytest.fixture(name="row")
def row_builder():
    return row


@pytest.fixture(name="fail_once")
def fail_once_builder():
    return fail_once
