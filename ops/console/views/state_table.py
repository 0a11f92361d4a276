"""Every visit of a state as a row of a table, with its bar on a timeline of the execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ops.console.views.execution_view import ExecutionView
    from ops.pipeline.history import StateRun

ROWS: Final = 200
"""Visits in the table; a Map of many iterations has more."""
SCALE: Final = 1000.0
"""The timeline's length, in units of its drawing."""
LEAST: Final = 4.0
"""The least width of a bar, so that it can be seen."""
SORTS: Final[dict[str, Callable[[StateRun], tuple[object, ...]]]] = {
    "state": lambda run: (run.name, run.id),
    "status": lambda run: (run.status, run.id),
    "started": lambda run: (run.entered, run.id),
    "took": lambda run: (run.seconds, run.id),
    "retries": lambda run: (run.retries, run.id),
}
"""What the table is sorted by; `-` before a name turns it round."""


@dataclass(frozen=True)
class Row:
    """One visit, its bar, and where on the timeline its later attempts began."""

    run: StateRun
    left: float
    width: float
    attempts: tuple[float, ...]


@dataclass(frozen=True)
class StateTable:
    """The rows that are shown, how many there are, and the order they are in."""

    rows: tuple[Row, ...]
    total: int
    sort: str

    def next_sort(self, column: str) -> str:
        """What a click on a column's head asks for: that column, then the other way round."""
        return f"-{column}" if self.sort == column else column

    def direction(self, column: str) -> str | None:
        """`ascending` or `descending` for the column that it is sorted by, as ARIA calls it."""
        if self.sort.removeprefix("-") != column:
            return None
        return "descending" if self.sort.startswith("-") else "ascending"


def state_table(view: ExecutionView, sort: str, now: datetime) -> StateTable:
    """The table of an execution; by start where `sort` is no name of SORTS."""
    name = sort.removeprefix("-")
    sort = sort if name in SORTS else "started"
    runs = sorted(
        view.happened.runs, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-")
    )
    begin = view.details.started
    end = max(view.details.stopped or now, *(run.exited or begin for run in runs), begin)
    rows = tuple(_row(run, begin, end, view.details.stopped or now) for run in runs[:ROWS])
    return StateTable(rows, len(runs), sort)


def _row(run: StateRun, begin: datetime, end: datetime, now: datetime) -> Row:
    whole = (end - begin).total_seconds() or 1.0

    def place(at: datetime) -> float:
        return round(min(max((at - begin).total_seconds() / whole, 0.0), 1.0) * SCALE, 1)

    left = min(place(run.entered), SCALE - LEAST)
    width = max(place(run.exited or now) - left, LEAST)
    return Row(run, left, width, tuple(place(each.started) for each in run.attempts[1:]))
