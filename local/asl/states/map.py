"""Map: the same states for every item, inside the execution or as a Map Run of children."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from local.asl.branch import Branch
from local.asl.distributed.map_state import DistributedMap
from local.asl.errors import StateError
from local.asl.expressions import EvaluationError, is_expression, source
from local.asl.machine import Machine
from local.asl.values import dumps, kind
from local.asl.window import run_window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from local.asl.ports import Json
    from local.asl.visit import Exit, Visit

INLINE_CONCURRENCY = 40  # Step Functions guide, "Using Map state in Inline mode"


async def map_(visit: Visit) -> Exit:
    """Run the item processor over the items; the outputs in the order of the items."""
    mode = visit.state["ItemProcessor"].get("ProcessorConfig", {}).get("Mode", "INLINE")
    if visit.work is None:
        visit.work = DistributedMap(visit) if mode == "DISTRIBUTED" else Iterations(visit)
    outputs = await visit.work.outputs()
    before = visit.branch.previous
    visit.branch.record("MapStateSucceeded")
    visit.branch.previous = before
    return visit.leave(outputs, result=outputs)


def items_of(visit: Visit) -> list[Json]:
    """The items of a Map state that has no ItemReader.

    Raises:
        EvaluationError: they are not an array.
    """
    items = visit.field("Items", visit.input)
    if isinstance(items, list):
        return items
    if "Items" not in visit.state:
        message = f"{visit.where} Map state input must be an array but was: {dumps(items)}"
        raise EvaluationError(message, None)
    given = visit.state["Items"]
    text = source(given) if is_expression(given) else dumps(given)
    raise EvaluationError(
        f"{visit.where} The JSONata expression '{text}' specified for the field 'Items' returned "
        f"an unexpected result type. Expected 'array', but was '{kind(items)}' for value: "
        f"{dumps(items)}",
        "Items",
    )


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
        started = visit.branch.record("MapStateStarted", {"length": len(self.items)})
        self.followed = [started] * self.concurrency

    def resume(self) -> None:
        """Make the unfinished iterations ready to go on."""
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
        if begun:
            self.visit.branch.previous = max(branch.previous for branch in begun)
        return [branch.output for branch in begun]

    async def _jobs(self, indexes: list[int]) -> AsyncIterator[Callable[[], Awaitable[object]]]:
        for index in indexes:
            yield partial(self._iterate, index)

    async def _iterate(self, index: int) -> None:
        branch = self.branches[index] or self._begin(index)
        self.branches[index] = branch
        told = {"name": self.visit.name, "index": index}
        branch.record("MapIterationStarted", told)
        await branch.advance()
        self.followed.append(branch.previous)
        branch.record("MapIterationSucceeded", told)

    def _begin(self, index: int) -> Branch:
        item = {"Index": index, "Value": self.items[index]}
        given = select(self.visit, item)
        outer = self.visit.branch
        previous = self.followed.pop(0)
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


def select(visit: Visit, item: dict[str, Json]) -> Json:
    """What one item becomes by ItemSelector; `item` is the context object's Map.Item."""
    if "ItemSelector" not in visit.state:
        return item["Value"]
    visit.item = item
    try:
        return visit.field("ItemSelector")
    finally:
        visit.item = None
