"""The current UTC day for the first page: the equation, files over the day, the last reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import dead_letters, reports, times
from ops.pipeline.day import Day, day
from ops.pipeline.executions import FAILED, RUNNING, executions

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment

REPORTS: Final = 5


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
    """Count the current UTC day."""
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
