"""The page of today: the equation, files over the day, failures, the queue, the last reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from ops.console.app import of
from ops.pipeline import dead_letters, reports, times
from ops.pipeline.day import Day, day
from ops.pipeline.executions import FAILED, RUNNING, executions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ops.pipeline.deployment import Deployment

EVERY_MS: Final = 2000
COUNT_SECONDS: Final = 4.0
"""The least time between two counts of the day."""
REPORTS: Final = 5
SHOWN: Final = 20
"""Failures on the page; the list of executions has all."""


@dataclass
class Hour:
    """Executions that started in one hour of the day, by what became of them."""

    done: int = 0
    failed: int = 0
    running: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.failed + self.running


@dataclass(frozen=True)
class Overview:
    """All that the page shows."""

    day: Day
    hours: list[Hour]
    depth: int
    reports: list[dict[str, Any]]

    @property
    def peak(self) -> int:
        """The most in one hour; 1 at least."""
        return max(1, *(hour.total for hour in self.hours))


def overview(deployment: Deployment) -> Overview:
    """Look at the current UTC day."""
    date = times.today()
    return Overview(
        day=day(deployment, date),
        hours=_hours(deployment, date),
        depth=dead_letters.depth(deployment),
        reports=[reports.report(deployment, each) for each in reports.days(deployment)[:REPORTS]],
    )


def _hours(deployment: Deployment, date: str) -> list[Hour]:
    hours = [Hour() for _ in range(24)]
    for each in executions(deployment, "process_file", since=times.start_of(date)):
        hour = hours[each.started.astimezone(UTC).hour]
        if each.status == RUNNING:
            hour.running += 1
        elif each.status in FAILED:
            hour.failed += 1
        else:
            hour.done += 1
    return hours


def shown(request: Request) -> Response:
    """The day as it stands, counted again while somebody looks."""
    console = of(request)
    found = console.home.value()
    return console.pages.answer(
        request,
        "today.html.jinja",
        every=EVERY_MS if found else EVERY_MS // 4,
        found=found,
        problem=console.home.problem,
        shown=SHOWN,
    )
