"""Which day a report is of, and whether it is time for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import date as calendar
from typing import TYPE_CHECKING, Any, Protocol

from functions.core import keys
from functions.core.errors import InvalidRequest
from functions.core.reporting.failed_so_far import FailedSoFar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GRACE = timedelta(minutes=5)
"""Uploads of the last minute before midnight need a while to become executions."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much Scheduler's clock may be ahead of a function's."""

WAIT_SECONDS = 60
ROUNDS_LIMIT = 60
LOOKED_FOR = 100
"""So many files of a day that failed are looked for; a day with more is restated every night."""
STORING = timedelta(minutes=10)
"""How long a record may take to be stored after its function ended: StoreMetadata tries six times
for up to a minute each, and half a minute lies between them."""
REDRIVE_DAYS = 14
"""How long a failed execution can be redriven (Step Functions guide, "Redriving executions")."""


@dataclass(frozen=True)
class Day:
    """One UTC day (YYYY-MM-DD), and whether the report was asked for by hand."""

    date: str
    asked_for: bool

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.fromisoformat(self.date).replace(tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment of the next."""
        return self.start + timedelta(days=1)

    def since(self, date: str) -> int:
        """How many days after another date it is."""
        return (self.start.date() - calendar.fromisoformat(date)).days

    def before(self, days: int) -> str:
        """The date so many days earlier."""
        return (self.start.date() - timedelta(days=days)).isoformat()


def day_of(given: object, scheduled_at: object) -> Day:
    """The day that was asked for, else the day before the time that the schedule was due at.

    Scheduler passes that time along, so that a delivery which took hours, or a redrive days later,
    is of the same day.

    Raises:
        InvalidRequest: a date or a time that is none.
    """
    if given is None:
        due = _moment(scheduled_at)
        return Day((due.date() - timedelta(days=1)).isoformat(), asked_for=False)
    try:
        return Day(calendar.fromisoformat(str(given)).isoformat(), asked_for=True)
    except ValueError as error:
        raise InvalidRequest(f"date must be YYYY-MM-DD, not {given!r}") from error


def _moment(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError as error:
        raise InvalidRequest(f"scheduled_at must be a time of ISO 8601, not {text!r}") from error


def wait_seconds(day: Day, now: datetime, *, in_flight: bool, rounds: int) -> int:
    """How long to wait before asking again; 0 to go on.

    A nightly report waits for the grace to be over; any report, a bounded number of times, for
    executions of its day that still run. A day that goes on for longer was made to end by a clock
    that is ahead, as one can set it on a laptop: it is reported as it is.
    """
    left = day.end + GRACE - now
    if not day.asked_for and timedelta() < left <= GRACE + CLOCKS_DIFFER:
        return int(left.total_seconds()) + 1
    return WAIT_SECONDS if in_flight and rounds < ROUNDS_LIMIT else 0


class RunningExecutions(Protocol):
    """Step Functions, asked whether a day is over, and what failed."""

    def failed(self, start: datetime) -> Iterator[tuple[str, datetime]]:
        """Those that began at or after a moment and failed: the ARN of each, and when it ended."""

    def any_running(self, start: datetime, end: datetime) -> bool:
        """Whether an execution that began between the two moments runs still."""

    def any_unfinished(self, start: datetime, end: datetime) -> bool:
        """Whether one that began between the two moments runs still or failed."""


class ReportedDays(Protocol):
    """The reports bucket, asked what changed since the reports."""

    def has_records(self, date: str) -> bool:
        """Whether a day has any record."""

    def has_late_records(self, date: str, since: datetime) -> bool:
        """Whether a record of a day came on a later day, since a moment."""

    def any_record(self, date: str, files: Iterable[tuple[str, str]]) -> bool:
        """Whether any of these object versions, (key, version id), has a record."""

    def report(self, date: str) -> dict[str, Any] | None:
        """A day's report, if there is one."""


def plan(
    day: Day, now: datetime, *, rounds: int, executions: RunningExecutions, reports: ReportedDays
) -> dict[str, Any]:
    """What the state machine does next for this day.

    First what failed, then what runs: a redrive between the two looks is waited for.
    """
    failed = FailedSoFar.of(executions.failed(day.start), day.start)
    in_flight = executions.any_running(day.start, day.end)
    wait = wait_seconds(day, now, in_flight=in_flight, rounds=rounds)
    ready = wait == 0
    return {
        "date": day.date,
        "prefix": keys.day_prefix(day.date),
        "wait_seconds": wait,
        "settled": not in_flight and now >= day.end,
        "failed_before": failed.to_json() if failed else None,
        "has_records": ready and reports.has_records(day.date),
        "late_days": late_days(day, executions, reports) if ready and not day.asked_for else [],
    }


def late_days(day: Day, executions: RunningExecutions, reports: ReportedDays) -> list[str]:
    """The days before, of the redrive window, of which their report does not know all.

    No day is listed: a record that comes after its day leaves a marker; and of the few files that a
    report left open, each is looked for (docs/decisions/late-days.md).
    """
    dates = map(day.before, range(1, REDRIVE_DAYS + 1))
    return sorted(date for date in dates if _late(day, date, executions, reports))


def _late(day: Day, date: str, executions: RunningExecutions, reports: ReportedDays) -> bool:
    """Whether a day has records that its report does not know, or may have failures.

    A report counts what was there after it began: a record that came while it was being made may
    be in it or not, so the report's beginning is what counts.
    """
    report = reports.report(date)
    if report is None:
        return reports.has_records(date)
    begun = datetime.fromisoformat(report["generated_at"])
    if not report["settled"] or reports.has_late_records(date, begun - STORING):
        return True
    if _closed(date, report, reports):
        return True
    # An event that came late may have failed, and be redriven in days: the report has to name
    # it, or none of those nights would look. Which day it is of, the list does not tell.
    return date == day.before(1) and executions.any_unfinished(begun, day.end)


def _closed(date: str, report: dict[str, Any], reports: ReportedDays) -> bool:
    """Whether something that a report left open has, or may have, a record by now.

    A redrive may resume at a state that stores a record and calls no function, which would leave
    a marker. What runs has very likely ended by the next night. A failed execution of a file that
    has a record by another is not named, and may leave the marker of a duplicate.
    """
    totals, named = report["totals"], report["failures"][:LOOKED_FOR]
    unnamed = report.get("open_executions", 0) - totals["failed"]
    if totals["in_flight"] or unnamed > 0 or totals["failed"] > len(named):
        return True
    return reports.any_record(date, [(each["key"], each["version_id"]) for each in named])
