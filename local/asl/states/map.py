"""Map: the same states for every item, inside the execution or as a Map Run of children."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from local.asl.definition.machine import Machine
from local.asl.model.errors import StateError
from local.asl.runtime.branch import Branch
from local.asl.runtime.map_items import items_of, select
from local.asl.runtime.window import run_window
from local.asl.states.distributed_map.map_state import DistributedMap

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from local.asl.model.ports import Json
    from local.asl.runtime.exit import Exit
    from local.asl.runtime.visit import Visit

INLINE_CONCURRENCY = 40  # Step Functions guide, "Using Map state in Inline mode"


async def map_(visit: Visit) -> Exit:
    """Run the item processor over the items; the outputs in the order of the items."""
    mode = visit.state["ItemProcessor"].get("ProcessorConfig", {}).get("Mode")
    if visit.work is None:
        visit.work = DistributedMap(visit) if mode == "DISTRIBUTED" else Iterations(visit)
    outputs = await visit.work.outputs()
    visit.branch.record("MapStateSucceeded")
    visit.branch.previous = visit.work.last
    return visit.leave(outputs, result=outputs)


class Iterations:
    """The iterations of one visit to an inline Map; a redrive goes on with the unfinished ones."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.items = items_of(visit)
        self.scope = Machine.of(visit.state["ItemProcessor"])
        self.branches: list[Branch | None] = [None] * len(self.items)
        self.concurrency = int(visit.number("MaxConcurrency")) or INLINE_CONCURRENCY
        visit.number("ToleratedFailureCount")
        visit.number("ToleratedFailurePercentage", most=100)
        self.last = visit.branch.record("MapStateStarted", {"length": len(self.items)})
        self.followed = [self.last] * self.concurrency
        self.at_work: set[int] = set()

    def resume(self) -> None:
        """Make the unfinished iterations ready to go on."""
        self.at_work.clear()
        for branch in self.branches:
            if branch is not None:
                branch.resume()

    async def outputs(self) -> list[Json]:
        """Run what is unfinished; all outputs in order."""
        unfinished = [i for i, branch in enumerate(self.branches) if not (branch and branch.done)]
        size = min(self.concurrency, max(len(unfinished), 1))
        try:
            await run_window(self._jobs(unfinished), size)
        except StateError as failure:
            self._abort(failure)
            raise
        begun = [branch for branch in self.branches if branch is not None]
        self.last = max([self.last, *(branch.previous for branch in begun)])
        self.visit.branch.previous = self.last
        return [branch.output for branch in begun]

    async def _jobs(self, indexes: list[int]) -> AsyncGenerator[Callable[[], Awaitable[object]]]:
        for index in indexes:
            yield partial(self._iterate, index)

    async def _iterate(self, index: int) -> None:
        branch = self.branches[index] or self._begin(index)
        self.branches[index] = branch
        details = {"name": self.visit.name, "index": index}
        if index not in self.at_work:
            branch.record("MapIterationStarted", details)
            self.at_work.add(index)
        await branch.advance()
        self.at_work.discard(index)
        self.followed.append(branch.previous)
        branch.record("MapIterationSucceeded", details)

    def _begin(self, index: int) -> Branch:
        item = {"Index": index, "Value": self.items[index]}
        given = select(self.visit, item)
        outer = self.visit.branch
        previous = self.followed.pop(0) if self.followed else self.last
        return Branch(outer.run, self.scope, given, outer.variables, previous=previous, item=item)

    def _abort(self, failure: StateError) -> None:
        """End what still runs. All of this follows the event of the failure."""
        outer = self.visit.branch
        begun = [(i, each) for i, each in enumerate(self.branches) if each and not each.done]
        failed = next((each for _, each in begun if each.failure is failure), outer)
        for index, branch in sorted(begun, key=lambda pair: pair[1] is not failed):
            what = "Failed" if branch is failed else "Aborted"
            outer.previous = failed.previous
            outer.record(f"MapIteration{what}", {"name": self.visit.name, "index": index})
            branch.abort(failed.previous)
        outer.previous = failed.previous
