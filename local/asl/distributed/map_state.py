"""The work of one visit to a Distributed Map: a Map Run over child executions.

Items are read, batched and started only as there is room for them, so nothing here grows with the
number of items but the results, and with a ResultWriter not those either. What did not succeed is
kept with its input, and a redrive runs that and then goes on with what was not read yet.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from local.asl.distributed.batcher import inputs_of
from local.asl.distributed.map_run import MapRun
from local.asl.distributed.reader import read_items
from local.asl.distributed.writer import Collector, Writer
from local.asl.errors import THRESHOLD, StateError
from local.asl.machine import Machine
from local.asl.run import Identity, Kind
from local.asl.values import dumps
from local.asl.window import run_window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from local.asl.execution import Execution
    from local.asl.ports import Json
    from local.asl.visit import Visit

DEFAULT_CONCURRENCY = 10_000  # Step Functions guide, "Using Map state in Distributed mode"
WINDOW = 256  # children in memory at once on this machine, whatever the state allows


@dataclass
class Child:
    """One child: its place, its input, how many items are in it; kept until it succeeded."""

    index: int
    input: Json
    items: int
    counted: str | None = None
    execution: Execution | None = None


class DistributedMap:
    """One Map Run, over its redrives."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        state, run = visit.state, visit.branch.run
        config = state["ItemProcessor"]["ProcessorConfig"]
        self.kind: Kind = config.get("ExecutionType", "STANDARD")
        self.scope = Machine.of(state["ItemProcessor"])
        self.label: str = state.get("Label", visit.name)
        self.run = self._map_run()
        self.results = (
            Writer(visit, self.run.arn)
            if "Resource" in state.get("ResultWriter", {})
            else Collector(visit)
        )
        self.unsuccessful: dict[int, Child] = {}
        self.inputs = inputs_of(visit, self._items())
        self.next_index = 0
        length = 0 if "ItemReader" in state else len(self.given)
        visit.branch.record("MapStateStarted", {"length": length})
        visit.branch.record("MapRunStarted", {"mapRunArn": self.run.arn})
        run.supervisor.map_run_started(self.run)
        self.redriven = False

    def resume(self) -> None:
        """Make the Map Run ready to go on with what did not succeed."""
        self.redriven = True

    async def outputs(self) -> Json:
        """Run what is unfinished; the state's result.

        Raises:
            StateError: more failed than is tolerated, or items or results could not be handled.
        """
        if self.redriven:
            self._redrive()
        ending, event = "ABORTED", "MapRunAborted"
        try:
            await run_window(self._jobs(), min(self.run.max_concurrency, WINDOW))
            self._check_tolerance()
            result = await self.results.finish()
            ending, event = "SUCCEEDED", "MapRunSucceeded"
        except StateError as error:
            ending = "FAILED"
            self._close(ending)
            told = {"error": error.error, "cause": error.cause}
            self.visit.branch.record("MapRunFailed", told)
            raise
        finally:
            if ending != "FAILED":
                self._close(ending)
                self.visit.branch.record(event)
        return result

    def _map_run(self) -> MapRun:
        visit, identity = self.visit, self.visit.branch.run.identity
        world = visit.branch.run.world
        name = uuid.UUID(int=world.random.getrandbits(128), version=4)
        percentage = visit.field("ToleratedFailurePercentage", 0)
        self.given = [] if "ItemReader" in visit.state else self._given_items()
        arn = identity.state_machine_arn.replace(":stateMachine:", ":mapRun:", 1)
        return MapRun(
            arn=f"{arn}/{self.label}:{name}",
            execution_arn=identity.arn,
            state_machine_arn=identity.state_machine_arn,
            start=world.now(),
            max_concurrency=visit.field("MaxConcurrency", 0) or DEFAULT_CONCURRENCY,
            tolerated_percentage=percentage,
            tolerated_count=visit.field("ToleratedFailureCount", 0),
        )

    def _given_items(self) -> list[Json]:
        from local.asl.states.map import items_of  # noqa: PLC0415 - Map's two forms share it

        return items_of(self.visit)

    async def _items(self) -> AsyncIterator[Json]:
        if "ItemReader" in self.visit.state:
            async for item in read_items(self.visit):
                yield item
        for item in self.given:
            yield item

    def _redrive(self) -> None:
        self.redriven = False
        self.run.status, self.run.stop = "RUNNING", None
        self.run.redrive_count += 1
        self.run.redrive_date = self.visit.branch.run.world.now()
        told = {"mapRunArn": self.run.arn, "redriveCount": self.run.redrive_count}
        self.visit.branch.record("MapRunRedriven", told)

    def _close(self, ending: Any) -> None:
        self.run.status = ending
        self.run.stop = self.visit.branch.run.world.now()

    async def _jobs(self) -> AsyncIterator[Callable[[], Awaitable[object]]]:
        for child in sorted(self.unsuccessful.values(), key=lambda each: each.index):
            yield partial(self._run_child, child)
        async for given, items in self.inputs:
            child = Child(self.next_index, given, items)
            self.next_index += 1
            self._move(child, "pending")
            self.unsuccessful[child.index] = child
            yield partial(self._run_child, child)

    async def _run_child(self, child: Child) -> None:
        self._move(child, "running")
        again = child.execution is not None
        if child.execution is None:
            child.execution = self._spawn(child)
        execution = child.execution
        ending = "aborted"
        try:
            outcome = await (execution.redrive() if again else execution.run())
            ending = {"SUCCEEDED": "succeeded", "TIMED_OUT": "timedOut"}.get(
                outcome.status, "failed"
            )
        finally:
            self._move(child, ending)
            if self.kind == "EXPRESS":
                child.execution = None
        if ending == "succeeded":
            del self.unsuccessful[child.index]
        else:
            self._check_tolerance_soon()
        await self.results.add(child.index, execution.described(dumps(child.input)))
        self.run.results_written += child.items

    def _spawn(self, child: Child) -> Execution:
        from local.asl.execution import Execution  # noqa: PLC0415 - children are executions again

        run = self.visit.branch.run
        name = str(uuid.UUID(int=run.world.random.getrandbits(128), version=4))
        machine = f"{run.identity.state_machine_arn}/{self.label}"
        kind = "express" if self.kind == "EXPRESS" else "execution"
        arn = machine.replace(":stateMachine:", f":{kind}:", 1)
        identity = Identity(
            arn=f"{arn}:{name}",
            name=name,
            state_machine_arn=machine,
            state_machine_name=f"{run.identity.state_machine_name}/{self.label}",
            role_arn=run.identity.role_arn,
            start_time=run.world.now(),
            kind=self.kind,
            map_run_arn=self.run.arn,
        )
        execution = Execution(self.scope, identity, dumps(child.input), run.world, run.supervisor)
        if self.kind == "STANDARD":
            run.supervisor.child_started(execution)
        return execution

    def _move(self, child: Child, to: str) -> None:
        self.run.move(child.items, child.counted, to)
        child.counted = to

    def _check_tolerance_soon(self) -> None:
        """Without any tolerance the first failure decides; a share needs the whole number."""
        percentage, count = self.run.tolerated_percentage, self.run.tolerated_count
        if percentage == 0 and self.run.failures > count:
            self._exceeded()

    def _check_tolerance(self) -> None:
        failures, total = self.run.failures, self.run.total
        if failures == 0:
            return
        over_count = failures > self.run.tolerated_count
        share = 100 * failures / total if total else 0
        if over_count and share > self.run.tolerated_percentage:
            self._exceeded()

    def _exceeded(self) -> None:
        raise StateError(THRESHOLD, "The specified tolerated failure threshold was exceeded")
