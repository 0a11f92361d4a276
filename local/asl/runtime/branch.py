"""A path through the states of one scope.

A branch keeps the visit it is in, and that what it has done so far. So an execution that failed can
be redriven: the branch goes on at the state it stopped in, and a Map or Parallel state at those of
its branches that did not succeed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl.model.errors import StateError
from local.asl.runtime.visit import Visit

if TYPE_CHECKING:
    from local.asl.definition.machine import Machine
    from local.asl.model.ports import Json
    from local.asl.runtime.exit import Exit, Variables
    from local.asl.runtime.run import Run

ABORTABLE = frozenset({"Map", "Parallel", "Task", "Wait"})
"""Kinds of states that have a StateAborted event (API reference, HistoryEvent)."""


class Branch:
    """One path: the whole execution, a branch of a Parallel, an iteration of a Map."""

    def __init__(
        self,
        run: Run,
        scope: Machine,
        given: Json,
        variables: Variables,
        *,
        previous: int = 0,
        item: dict[str, Json] | None = None,
    ) -> None:
        self.run = run
        self.scope = scope
        self.variables = variables
        self.previous = previous
        self.item = item
        self.done = False
        self.failure: StateError | None = None
        self.output: Json = None
        self.visit: Visit | None = Visit(self, scope.start_at, given)

    async def advance(self) -> Json:
        """Go on to the end of the branch; its output.

        Raises:
            StateError: a state failed and nothing caught it. The branch stays in that state.
        """
        while self.visit is not None:
            left = await self._proceed(self.visit)
            self.variables = {**self.variables, **left.assigned}
            following = None if left.next is None else Visit(self, left.next, left.output)
            self.output = left.output
            self.visit = following
        self.done = True
        return self.output

    async def _proceed(self, visit: Visit) -> Exit:
        try:
            return await visit.proceed()
        except StateError as failure:
            self.failure = failure
            raise

    def record(self, kind: str, details: dict[str, Any] | None = None) -> int:
        """Add an event that follows this branch's last one."""
        history, now = self.run.history, self.run.world.now()
        self.previous = history.add(now, kind, self.previous, details)
        return self.previous

    def abort(self, after: int) -> None:
        """Say in the history, after that event, that this branch was left unfinished."""
        visit = self.visit
        if visit is not None and visit.entered and visit.kind in ABORTABLE:
            self.run.history.add(self.run.world.now(), f"{visit.kind}StateAborted", after)

    def resume(self) -> None:
        """Make ready for a redrive; retries count from 0 again."""
        if self.visit is not None:
            self.visit.resume(self.failure)
        self.failure = None
