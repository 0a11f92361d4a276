"""The work of one visit to a Distributed Map: a Map Run over child executions.

Items are read, batched and started only as there is room for them, so nothing here grows with the
number of items but the results, and with a ResultWriter not those either. What did not succeed is
kept with its input, and a redrive runs that and then goes on with what was not read yet.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from local.asl.definition.machine import Machine
from local.asl.model.errors import StateError
from local.asl.model.map_run import DEFAULT_CONCURRENCY, MapRun
from local.asl.model.values import dumps
from local.asl.runtime.map_items import items_of
from local.asl.runtime.window import Window
from local.asl.states.distributed_map.batcher import Inputs
from local.asl.states.distributed_map.child import Child
from local.asl.states.distributed_map.item_reader import Given, source_of
from local.asl.states.distributed_map.result_collector import Collector
from local.asl.states.distributed_map.result_writer import Writer
from local.asl.states.distributed_map.tolerance import Tolerance

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from local.asl.model.map_run import Count, Status
    from local.asl.model.ports import Json
    from local.asl.runtime.run import Kind
    from local.asl.runtime.visit import Visit

WINDOW = 1_000  # children at once on this machine, whatever the state allows
KEPT_SECONDS = 1.0
"""How much of the work of Express children is done again at most, if the process is killed."""
LABEL = re.compile(r"[^A-Za-z0-9_-]")
LABEL_LENGTH = 40


class DistributedMap:
    """One Map Run, over its redrives."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        state = visit.state
        self.kind: Kind = state["ItemProcessor"]["ProcessorConfig"].get("ExecutionType", "STANDARD")
        self.scope = Machine.of(state["ItemProcessor"])
        self.label: str = state.get("Label") or LABEL.sub("-", visit.name)[:LABEL_LENGTH]
        source = source_of(visit) if "ItemReader" in state else Given(items_of(visit))
        self.inputs = Inputs(visit, source)
        self.run = self._map_run()
        self.tolerance = Tolerance(visit, self.run)
        writes = "Resource" in state.get("ResultWriter", {})
        self.results = Writer(visit, self.run.arn) if writes else Collector(visit)
        self.unsuccessful: dict[int, Child] = {}
        self.unfinished: set[int] = set()
        self.kept_at = self.run.start
        self.started = 0
        self.all_read = False
        self.redriven = False
        visit.branch.record("MapStateStarted", {"length": len(source.page)})
        self.last = visit.branch.record("MapRunStarted", {"mapRunArn": self.run.arn})
        """What MapStateExited follows (recordings since November 2024; it was the end before)."""
        visit.branch.run.supervisor.map_run_started(self.run)

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
        try:
            await self._run_children()
            self.tolerance.check(total_known=True)
            result = await self.results.finish()
        except StateError as failure:
            await self._export_unfinished()
            details = {"error": failure.error, "cause": failure.cause}
            self._end("FAILED", {name: text for name, text in details.items() if text is not None})
            raise
        except BaseException:
            self._end("ABORTED")
            raise
        self._end("SUCCEEDED")
        return result

    async def _run_children(self) -> None:
        """Run the children that are left; UpdateMapRun may change how many at once."""
        window = Window(self._jobs(), min(self.run.max_concurrency, WINDOW))
        self.run.resize = lambda: window.resize(min(self.run.max_concurrency, WINDOW))
        try:
            await window.run()
        finally:
            self.run.resize = None

    def _map_run(self) -> MapRun:
        visit, identity = self.visit, self.visit.branch.run.identity
        world = visit.branch.run.world
        name = uuid.UUID(int=world.random.getrandbits(128), version=4)
        arn = identity.state_machine_arn.replace(":stateMachine:", ":mapRun:", 1)
        return MapRun(
            arn=f"{arn}/{self.label}:{name}",
            execution_arn=identity.arn,
            state_machine_arn=f"{identity.state_machine_arn}/{self.label}",
            start=round(world.now(), 3),
            max_concurrency=int(visit.number("MaxConcurrency")) or DEFAULT_CONCURRENCY,
            tolerated_percentage=visit.number("ToleratedFailurePercentage", most=100),
            tolerated_count=int(visit.number("ToleratedFailureCount")),
        )

    def _redrive(self) -> None:
        self.redriven = False
        self.unfinished = set(self.unsuccessful)
        self.run.redriven(self.visit.branch.run.world.now())
        self.results.redrive()
        details = {"mapRunArn": self.run.arn, "redriveCount": self.run.redrive_count}
        self.last = self.visit.branch.record("MapRunRedriven", details)

    def _end(self, status: Status, details: dict[str, Any] | None = None) -> None:
        self.run.status = status
        self.run.stop = round(self.visit.branch.run.world.now(), 3)
        self.visit.branch.record(f"MapRun{status.capitalize()}", details)

    async def _jobs(self) -> AsyncGenerator[Callable[[], Awaitable[object]]]:
        for index in sorted(self.unfinished):
            yield partial(self._run_child, self.unsuccessful[index])
        async for given, items in self.inputs:
            child = Child(self.visit, self.label, self.kind, self.started, given, items)
            self.started += 1
            child.count(self.run, "pending")
            self.unsuccessful[child.index] = child
            self.unfinished.add(child.index)
            yield partial(self._run_child, child)
        self.all_read = True

    async def _run_child(self, child: Child) -> None:
        ending: Count = "aborted"
        try:
            ending = await child.advance(self.scope, self.run)
        finally:
            child.count(self.run, ending)
            self.unfinished.discard(child.index)
        if ending == "succeeded":
            del self.unsuccessful[child.index]
        else:
            self.tolerance.check(total_known=self.all_read)
        await self._write(child)
        self._keep_at_times()

    def _keep_at_times(self) -> None:
        """Not after each child: what is kept grows with the results, up to megabytes."""
        run = self.visit.branch.run
        if run.world.now() - self.kept_at >= KEPT_SECONDS:
            self.kept_at = run.world.now()
            run.keep()

    async def _write(self, child: Child) -> None:
        await self.results.add(child.index, child.described)
        self.run.results_written += child.items
        child.described = {}

    async def _export_unfinished(self) -> None:
        """The results of a Map Run that fails: what was cut off, and what did not start."""
        if not self.results.exports:
            return
        with contextlib.suppress(StateError):
            for child in self.unsuccessful.values():
                if child.described:
                    await self._write(child)
            async for given, items in self.inputs.fork():
                self.run.move(items, None, "pending")
                await self.results.add(-1, pending(given))
            await self.results.finish()


def pending(given: Json) -> dict[str, Any]:
    """The result of a child that did not start."""
    return {"Input": dumps(given), "InputDetails": {"Included": True}, "Status": "PENDING"}
