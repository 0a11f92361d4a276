"""Parallel: every branch on the same input; the outputs in the order of the branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.definition.machine import Machine
from local.asl.model.errors import StateError
from local.asl.runtime.branch import Branch
from local.asl.runtime.window import run_window

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from local.asl.model.ports import Json
    from local.asl.runtime.exit import Exit
    from local.asl.runtime.visit import Visit


class Branches:
    """The branches of one visit; a redrive goes on with those that did not succeed."""

    def __init__(self, visit: Visit) -> None:
        given = visit.field("Arguments", visit.input)
        started = visit.branch.record("ParallelStateStarted")
        outer, run = visit.branch, visit.branch.run
        self.visit = visit
        self.all = [
            Branch(
                run,
                Machine.of(part),
                given,
                dict(outer.variables),
                previous=started,
                item=outer.item,
            )
            for part in visit.state["Branches"]
        ]

    def resume(self) -> None:
        """Make the unfinished branches ready to go on."""
        for branch in self.all:
            branch.resume()

    async def outputs(self) -> list[Json]:
        """Run what is unfinished; all outputs in order."""
        unfinished = [branch for branch in self.all if not branch.done]
        try:
            await run_window(self._jobs(unfinished), len(unfinished))
        except StateError as failure:
            self._abort(failure, unfinished)
            raise
        self.visit.branch.previous = max(branch.previous for branch in self.all)
        return [branch.output for branch in self.all]

    def _abort(self, failure: StateError, unfinished: list[Branch]) -> None:
        failed = next(branch for branch in unfinished if branch.failure is failure)
        for branch in unfinished:
            if not branch.done:
                branch.abort(failed.previous)
        self.visit.branch.previous = failed.previous

    async def _jobs(
        self, branches: list[Branch]
    ) -> AsyncGenerator[Callable[[], Awaitable[object]]]:
        for branch in branches:
            yield branch.advance


async def parallel(visit: Visit) -> Exit:
    """Run all branches; the first error fails the state and ends the other branches."""
    if visit.work is None:
        visit.work = Branches(visit)
    outputs = await visit.work.outputs()
    visit.branch.record("ParallelStateSucceeded")
    return visit.leave(outputs, result=outputs)
