"""What came of each prefix on the last days, as the stored reports say it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import reports
from ops.pipeline.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ops.pipeline.deployment import Deployment

DAYS: Final = 30
READERS: Final = 10
"""So many reports are read at a time."""
OTHERS: Final = "(other prefixes)"
"""The row of prefixes that are too many to be told apart (docs/report.md)."""
NUMBERS: Final = ("received", "processed", "rejected", "failed", "in_flight", "records", "bytes")

Row = dict[str, Any]
"""What a report says of a prefix (docs/report.schema.json, `by_prefix`)."""


@dataclass(frozen=True)
class Trends:
    """A row for each prefix and day, oldest first; None where the day has no report."""

    dates: tuple[str, ...]
    reported: frozenset[str]
    prefixes: Mapping[str, tuple[Row | None, ...]]
    """Those with most files first."""


def trends(deployment: Deployment, last: str) -> Trends:
    """The 30 days up to one of them, YYYY-MM-DD, by one GET for each.

    A report that is written meanwhile is read as it was or as it is: nothing is kept.
    """
    dates = days_until(last)
    with ThreadPoolExecutor(READERS) as pool:
        found = pool.map(lambda day: _report(deployment, day), dates)
        stored = {day: report for day, report in zip(dates, found, strict=True) if report}
    return of_reports(dates, stored)


def days_until(last: str) -> tuple[str, ...]:
    """The 30 days up to one of them, oldest first."""
    end = date.fromisoformat(last)
    return tuple((end - timedelta(days=ago)).isoformat() for ago in reversed(range(DAYS)))


def of_reports(dates: Sequence[str], stored: Mapping[str, Mapping[str, Any]]) -> Trends:
    """The trends of these days, of those of their reports that there are."""
    by_day = {day: _rows(report) for day, report in stored.items()}
    names = {name for rows in by_day.values() for name in rows} - {OTHERS}
    found = {name: tuple(_row(by_day.get(day), name) for day in dates) for name in names}
    ordered = sorted(found, key=lambda name: (-_files(found[name]), name))
    return Trends(tuple(dates), frozenset(stored), {name: found[name] for name in ordered})


def _report(deployment: Deployment, day: str) -> Mapping[str, Any] | None:
    try:
        return reports.report(deployment, day)
    except NotFoundError:
        return None


def _rows(report: Mapping[str, Any]) -> dict[str, Row]:
    """By prefix; a report of version 1 has files where a newer one has `received`."""
    return {row["prefix"]: {"received": row.get("files"), **row} for row in report["by_prefix"]}


def _row(rows: Mapping[str, Row] | None, name: str) -> Row | None:
    """A day without the prefix has 0 of all; unless it may be among the others."""
    if rows is None or (name not in rows and OTHERS in rows):
        return None
    return rows.get(name, {**dict.fromkeys(NUMBERS, 0), "last_arrival": None})


def _files(rows: Sequence[Row | None]) -> int:
    return sum(row["received"] for row in rows if row)
