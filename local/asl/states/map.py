"""Map: the same states for every item, inside the execution or as a Map Run of children."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from local.asl.branch import Branch
from local.asl.distributed.map_state import DistributedMap
from local.asl.errors import StateError
from local.asl.expressions import EvaluationError, is_expression, source
from local.asl.machine import Machine
from local.asl.values import dumps, kind
from local.asl.window import run_window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from local.asl.branch import Exit, Visit
    from local.asl.ports import Json

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
        self.concurrency = visit.field("MaxConcurrency", 0) or INLINE_CONCURRENCY
        for name in ("ToleratedFailureCount", "ToleratedFailurePercentage"):
            visit.field(name)
        visit.branch.record("MapStateStarted", {"length": len(self.items)})

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
        except BaseException:
            self._abort(unfinished)
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
        try:
            await branch.advance()
        except StateError:
            branch.record("MapIterationFailed", told)
            raise
        branch.record("MapIterationSucceeded", told)

    def _begin(self, index: int) -> Branch:
        item = {"Index": index, "Value": self.items[index]}
        given = select(self.visit, item)
        outer = self.visit.branch
        variables: dict[str, Any] = dict(outer.variables)
        previous = outer.previous
        return Branch(outer.run, self.scope, given, variables, previous=previous, item=item)

    def _abort(self, indexes: list[int]) -> None:
        for index in indexes:
            branch = self.branches[index]
            if branch is not None and not branch.done and not branch.failed:
                branch.record("MapIterationAborted", {"name": self.visit.name, "index": index})


def select(visit: Visit, item: dict[str, Json]) -> Json:
    """What one item becomes by ItemSelector; `item` is the context object's Map.Item."""
    if "ItemSelector" not in visit.state:
        return item["Value"]
    visit.item = item
    try:
        return visit.field("ItemSelector")
    finally:
        visit.item = None
