"""Worlds for the interpreter: virtual time, scripted answers, and the runner for both."""

import asyncio
import copy
import json
import random
import selectors

from local.asl import Execution, Identity, Machine, TaskFailed, TaskToken
from local.asl.model.values import dumps

REGION_MACHINE = "arn:aws:states:us-east-1:111111111111:stateMachine:machine"


class VirtualSelector(selectors.SelectSelector):
    """Waiting takes no time: the loop's clock jumps to when its next timer is due."""

    def __init__(self):
        super().__init__()
        self.clock = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("nothing will ever happen: no timer, nothing ready")
        self.clock += max(timeout, 0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self):
        self.virtual = VirtualSelector()
        super().__init__(self.virtual)

    def time(self):
        return self.virtual.clock


class FakeWorld:
    """The world's port with a handler for the calls; time is the loop's."""

    def __init__(self, invoke, seed=0):
        self.random = random.Random(seed)
        self.requests = []
        self._invoke = invoke

    def now(self):
        return 1_700_000_000.0 + asyncio.get_event_loop().time()

    async def invoke(self, request):
        self.requests.append(request)
        answer = self._invoke(request)
        return await answer if asyncio.iscoroutine(answer) else answer


class FakeSupervisor:
    def __init__(self):
        self.map_runs = []
        self.children = []
        self.tokens = []

    def map_run_started(self, map_run):
        self.map_runs.append(map_run)

    def child_started(self, execution):
        self.children.append(execution)

    def open_token(self, execution_arn):
        self.tokens.append(TaskToken(f"token-{len(self.tokens)}"))
        return self.tokens[-1]

    def close_token(self, token):
        self.tokens.remove(token)


def no_calls(request):
    raise TaskFailed("Unexpected", f"a call was made: {request}")


def execution_of(definition, given=None, invoke=no_calls, seed=0):
    """An execution of a definition (a document) over a fake world, not started yet."""
    world = FakeWorld(invoke, seed)
    machine = Machine.parse(dumps({"QueryLanguage": "JSONata", **definition}))
    identity = Identity(
        arn="arn:aws:states:us-east-1:111111111111:execution:machine:run",
        name="run",
        state_machine_arn=REGION_MACHINE,
        state_machine_name="machine",
        role_arn="arn:aws:iam::111111111111:role/machine",
        start_time=1_700_000_000.0,
    )
    supervisor = FakeSupervisor()
    execution = Execution(machine, identity, dumps(given), world, supervisor)
    execution.world, execution.supervisor = world, supervisor
    return execution


def in_virtual_time(main):
    """Run a coroutine to its end on a loop of its own with virtual time; no task is left."""
    loop = VirtualLoop()
    try:
        answer = loop.run_until_complete(main)
        assert not asyncio.all_tasks(loop), "tasks that nobody awaits"
        return answer
    finally:
        loop.close()


def run(definition, given=None, invoke=no_calls, seed=0):
    """Run a definition once; the execution, ended."""
    execution = execution_of(definition, given, invoke, seed)
    in_virtual_time(execution.run())
    return execution


def redriven(definition, given=None, invoke=no_calls, times=1, seed=0):
    """Run a definition, then redrive it so many times; the execution, ended."""
    execution = execution_of(definition, given, invoke, seed)

    async def main():
        await execution.run()
        for _ in range(times):
            await execution.redrive()

    in_virtual_time(main())
    return execution


def machine(first, /, *more, **top):
    """A definition of states in a row: each is (name, state), and goes to the next one."""
    states = [first, *more]
    flows = {"Task", "Pass", "Wait", "Map", "Parallel"}
    chained = {}
    for index, (name, state) in enumerate(states):
        ends = {"End": True} if index == len(states) - 1 else {"Next": states[index + 1][0]}
        needs = state["Type"] in flows and not {"Next", "End"} & set(state)
        chained[name] = {**state, **ends} if needs else state
    return {"StartAt": first[0], "States": chained, **top}


def task(function="count", **fields):
    """A Task that invokes a function with the state's input."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
        **fields,
    }


def passing(**fields):
    return {"Type": "Pass", **fields}


def inline_map(*states, **fields):
    return {"Type": "Map", "ItemProcessor": machine(*states), **fields}


def distributed_map(*states, kind="EXPRESS", **fields):
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind}}
    return {"Type": "Map", "ItemProcessor": {**machine(*states), **config}, **fields}


def changed(definition, path, value):
    """A copy with one value in it changed."""
    document = copy.deepcopy(definition)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def types(execution):
    return [event["type"] for event in execution.history.events()]


def details(execution, kind):
    """The details of all events of a type, in order."""
    events = [event for event in execution.history.events() if event["type"] == kind]
    return [
        next((value for name, value in event.items() if name.endswith("EventDetails")), {})
        for event in events
    ]


def output_of(execution):
    """The output of an execution that succeeded."""
    assert execution.outcome.status == "SUCCEEDED", execution.outcome
    return json.loads(execution.outcome.output)


class Functions:
    """Answers lambda:invoke by scripts: a list of answers a function, exceptions are raised.

    The last answer is given again and again.
    """

    def __init__(self, **scripts):
        self.scripts = {name: list(answers) for name, answers in scripts.items()}
        self.calls = []

    def __call__(self, request):
        name = request.arguments["FunctionName"]
        self.calls.append((name, request.arguments.get("Payload")))
        script = self.scripts[name]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(request.arguments.get("Payload"))
        if asyncio.iscoroutine(answer):
            return self._later(answer)
        return {"ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200}

    async def _later(self, answer):
        return {"ExecutedVersion": "$LATEST", "Payload": await answer, "StatusCode": 200}

    def names(self):
        return [name for name, _ in self.calls]

    def payloads(self):
        return [payload for _, payload in self.calls]


async def after(seconds, answer=None):
    """An answer that takes its time."""
    await asyncio.sleep(seconds)
    return answer


class FakeS3:
    """A bucket's objects, listed in pages; every request is kept."""

    def __init__(self, objects=None, page_size=1000, others=None):
        self.objects = dict(objects or {})
        self.page_size = page_size
        self.others = others
        self.requests = []

    def __call__(self, request):
        if request.service != "s3":
            return self.others(request)
        self.requests.append(request)
        return getattr(self, request.action)(request.arguments)

    def listObjectsV2(self, arguments):  # noqa: N802 - the action's own name
        prefix = arguments.get("Prefix", "")
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        start = int(arguments.get("ContinuationToken", 0))
        end = start + self.page_size
        page = {"Contents": [self._entry(key) for key in keys[start:end]]}
        more = {"NextContinuationToken": str(end)} if end < len(keys) else {}
        return {**page, **more, "IsTruncated": bool(more)}

    def getObject(self, arguments):  # noqa: N802
        if arguments["Key"] not in self.objects:
            raise TaskFailed("S3.NoSuchKeyException", "The specified key does not exist.")
        return {"Body": self.objects[arguments["Key"]]}

    def putObject(self, arguments):  # noqa: N802
        self.objects[arguments["Key"]] = arguments["Body"]
        return {"ETag": '"0"'}

    def _entry(self, key):
        return {
            "ETag": '"0"',
            "Key": key,
            "LastModified": "2022-11-17T14:24:41Z",
            "Size": len(self.objects[key]),
        }

    def json(self, key):
        return json.loads(self.objects[key])

    def written(self, ending):
        return sorted(key for key in self.objects if key.endswith(ending))
