"""Which day a report is of, and whether it is time for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from functions.core import keys
from functions.core.errors import InvalidRequest

GRACE = timedelta(minutes=5)
"""Uploads of the last minute before midnight need a while to become executions."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much Scheduler's clock may be ahead of a function's."""

WAIT_SECONDS = 60
ROUNDS_LIMIT = 60
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
        return Day(date.fromisoformat(str(given)).isoformat(), asked_for=True)
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
    """Step Functions, asked whether a day is over."""

    def any_running(self, start: datetime, end: datetime) -> bool:
        """Whether an execution that began between the two moments runs still."""

    def any_unfinished(self, start: datetime, end: datetime) -> bool:
        """Whether one that began between the two moments runs still or failed."""


class ReportedDays(Protocol):
    """The reports bucket, asked what changed since the reports."""

    def has_records(self, date: str) -> bool:
        """Whether a day has any record."""

    def newest_record(self, date: str) -> datetime | None:
        """When a day's newest record was written."""

    def report_written(self, date: str) -> tuple[dict[str, Any], datetime] | None:
        """A day's report and when it was written."""


def plan(
    day: Day, now: datetime, *, rounds: int, executions: RunningExecutions, reports: ReportedDays
) -> dict[str, Any]:
    """What the state machine does next for this day."""
    in_flight = executions.any_running(day.start, day.end)
    wait = wait_seconds(day, now, in_flight=in_flight, rounds=rounds)
    ready = wait == 0
    return {
        "date": day.date,
        "prefix": keys.day_prefix(day.date),
        "wait_seconds": wait,
        "settled": not in_flight and now >= day.end,
        "has_records": ready and reports.has_records(day.date),
        "late_days": late_days(day, executions, reports) if ready and not day.asked_for else [],
    }


def late_days(day: Day, executions: RunningExecutions, reports: ReportedDays) -> list[str]:
    """The days before, of the redrive window, of which their report does not know all.

    Only a day whose report left something open can get a new record by a redrive, so only such
    days are listed; the day just before, since events may come late by some hours; and a day whose
    report was written since the last night, maybe by a redrive of one that began long before.
    """
    dates = map(day.before, range(1, REDRIVE_DAYS + 1))
    return sorted(date for date in dates if _late(day, date, executions, reports))


def _late(day: Day, date: str, executions: RunningExecutions, reports: ReportedDays) -> bool:
    """Whether a day has records that its report does not know, or may have failures.

    A report counts what was there after it began: a record that came while it was being made may
    be in it or not, so the report's beginning is what counts, in whole seconds as S3 tells them.
    """
    written = reports.report_written(date)
    if written is None:
        return reports.has_records(date)
    report, moment = written
    begun = datetime.fromisoformat(report["generated_at"]).replace(microsecond=0)
    if date == day.before(1):
        # An event that came late may have failed, and be redriven in days: the report has to name
        # it, or none of those nights would look. Which day it is of, the list does not tell.
        return _newer(date, begun, reports) or executions.any_unfinished(begun, day.end)
    totals = report["totals"]
    # A redrive may leave a new record of a day without failed files, too: a duplicate's marker.
    unfinished = totals["failed"] or totals["in_flight"] or report.get("open_executions")
    return bool(unfinished or moment >= day.start) and _newer(date, begun, reports)


def _newer(date: str, begun: datetime, reports: ReportedDays) -> bool:
    newest = reports.newest_record(date)
    return newest is not None and newest >= begun
