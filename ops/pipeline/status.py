"""How a deployment stands: what `tally status` and the console's first page say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import dead_letters, reports, times
from ops.pipeline.day import Day, day, failed_reports
from ops.pipeline.executions import FAILED, RUNNING, executions

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details, Execution

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
class Status:
    """A day's equation and its hours, what runs, how deep the queue is, the newest reports."""

    deployment: str
    region: str
    counted_at: datetime
    """When counting began: nothing that came later is counted for sure."""
    day: Day
    without_file: tuple[Details, ...]
    """Executions of the day, of either state machine, that failed and are about no file."""
    hours: tuple[Hour, ...]
    """24 of them, in UTC."""
    running: tuple[Execution, ...]
    queue_depth: int
    reports: tuple[dict[str, Any], ...]
    """The newest first."""

    @property
    def peak(self) -> int:
        """The most in one hour; 1 at least."""
        return max(1, *(hour.total for hour in self.hours))

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        names = ("date", "generated_at", "settled", "totals")
        last = {name: self.reports[0][name] for name in names} if self.reports else None
        return {
            "deployment": self.deployment,
            "region": self.region,
            "counted_at": self.counted_at.isoformat(timespec="seconds"),
            "day": self.day.to_json(),
            "failed_without_file": [
                each.to_json() | {"error": each.error} for each in self.without_file
            ],
            "running": [each.to_json() for each in self.running],
            "queue_depth": self.queue_depth,
            "last_report": last,
        }


def status(deployment: Deployment, date: str, newest: int = REPORTS) -> Status:
    """How a UTC day stands, and the newest reports."""
    begun = datetime.now(UTC)
    known = reports.days(deployment)[:newest]
    found = day(deployment, date)
    running = (
        each for name in deployment.machines for each in executions(deployment, name, RUNNING)
    )
    return Status(
        deployment=deployment.name,
        region=deployment.region,
        counted_at=begun,
        day=found,
        without_file=(*found.without_file, *failed_reports(deployment, date)),
        hours=_hours(deployment, date),
        running=tuple(running),
        queue_depth=dead_letters.depth(deployment),
        reports=tuple(reports.report(deployment, each) for each in known),
    )


def _hours(deployment: Deployment, date: str) -> tuple[Hour, ...]:
    hours = [Hour() for _ in range(24)]
    for each in executions(deployment, "process_file", since=times.start_of(date)):
        started = each.started.astimezone(UTC)
        if started.date().isoformat() != date:
            continue
        hour = hours[started.hour]
        if each.status == RUNNING:
            hour.running += 1
        elif each.status in FAILED:
            hour.failed += 1
        else:
            hour.done += 1
    return tuple(hours)
