"""Parallel: every branch on the same input; the outputs in the order of the branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.branch import Branch
from local.asl.machine import Machine
from local.asl.window import run_window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from local.asl.branch import Exit, Visit
    from local.asl.ports import Json


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
        except BaseException:
            for branch in unfinished:
                branch.abort()
            raise
        finally:
            self.visit.branch.previous = max(branch.previous for branch in self.all)
        return [branch.output for branch in self.all]

    async def _jobs(self, branches: list[Branch]) -> AsyncIterator[Callable[[], Awaitable[object]]]:
        for branch in branches:
            yield branch.advance


async def parallel(visit: Visit) -> Exit:
    """Run all branches; the first error fails the state and ends the other branches."""
    if visit.work is None:
        visit.work = Branches(visit)
    outputs = await visit.work.outputs()
    visit.branch.record("ParallelStateSucceeded")
    return visit.leave(outputs, result=outputs)
