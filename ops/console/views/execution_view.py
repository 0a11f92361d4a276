"""One execution as its page shows it: its graph, what happened in each state, its Map Runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ops.console.views.graph_layout import Picture
    from ops.pipeline.executions import Details
    from ops.pipeline.graph import Graph
    from ops.pipeline.history import Happened, StateRun

RANK: Final = ("running", "failed", "timed_out", "aborted", "caught", "succeeded")
"""Which status a state shows that was visited more than once."""


@dataclass(frozen=True)
class DrawnDefinition:
    """The definition that an execution runs by, and its graph laid out."""

    definition: dict[str, Any]
    graph: Graph
    picture: Picture


@dataclass(frozen=True)
class StateSummary:
    """One state in the graph: the status of its visits, and how many there were."""

    name: str
    status: str
    visits: int
    retries: int
    seconds: float | None
    error: str | None


@dataclass(frozen=True)
class ExecutionView:
    """One execution."""

    details: Details
    machine: DrawnDefinition
    events: list[Any]
    happened: Happened
    map_runs: list[Any]

    def summary(self, name: str) -> StateSummary:
        """What the graph says of a state."""
        runs = self.happened.of(name)
        if not runs:
            return StateSummary(name, "unreached", 0, 0, None, None)
        status = next(each for each in RANK if any(run.status == each for run in runs))
        if not any(run.status == "running" for run in runs):
            status = runs[-1].status if runs[-1].iteration is None else status
        seconds = max(runs[-1].seconds, 0.0)
        error = next((run.error for run in reversed(runs) if run.error), None)
        retries = sum(run.retries for run in runs)
        return StateSummary(name, status, len(runs), retries, seconds, error)

    def taken(self, source: str, target: str) -> bool:
        """Whether a transition was made."""
        return (source, target) in self.happened.taken

    def visits(self, name: str) -> list[StateRun]:
        """Those of a state, the newest first."""
        return self.happened.of(name)[::-1]

    def runs(self, name: str) -> list[StateRun]:
        """The visits during which a state ran: its own, or those of the Map whose children have it.

        Children are executions of their own: what they do is not in this one's history.
        """
        return self.happened.of(name) or self.happened.of(self._map_around(name))

    def _map_around(self, name: str) -> str:
        """The Distributed Map whose children have this state; empty if none has."""
        maps = (node for node in self.machine.graph.walk() if node.distributed)
        for node in maps:
            if any(inner.name == name for graph in node.inner for inner in graph.walk()):
                return node.name
        return ""
