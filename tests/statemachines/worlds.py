"""Worlds for the interpreter: virtual time, scripted answers, and the runner for both."""

import asyncio
import random
import selectors

from local.asl import Execution, Identity, Machine, TaskFailed, TaskToken
from local.asl.values import dumps

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
    """Run a coroutine function to its end on a loop of its own with virtual time."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


def run(definition, given=None, invoke=no_calls, seed=0):
    """Run a definition once; the execution, ended."""
    execution = execution_of(definition, given, invoke, seed)
    in_virtual_time(execution.run())
    return execution
