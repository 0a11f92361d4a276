"""The page of all reports: a calendar of the days that have one."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from ops.console.web.context import console_of
from ops.pipeline import times

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LIST_SECONDS: Final = 5.0
"""The least time between two lists of the reports."""
MONTHS: Final = 13
"""How far back the calendar goes at once: a year, and the current month."""


def show(request: Request) -> Response:
    """The calendar of days that have a report."""
    console = console_of(request)
    found = console.report_days.value()
    return console.templates.page(
        request,
        "reports.html.jinja",
        every=5000 if found is not None else 400,
        days=found,
        known=frozenset(found or ()),
        problem=console.report_days.problem,
        age=console.report_days.age,
        months=_months(found or []),
        today=times.today(),
    )


def _months(days: list[str]) -> list[tuple[str, list[list[date | None]]]]:
    """Weeks from Monday of each month from the newest to that of the oldest report."""
    now = datetime.now(UTC).date()
    oldest = min([*days, now.isoformat()])[:7]
    found = []
    year, month = now.year, now.month
    for _ in range(MONTHS):
        weeks = calendar.Calendar().monthdatescalendar(year, month)
        cells = [[each if each.month == month else None for each in week] for week in weeks]
        found.append((f"{calendar.month_name[month]} {year}", cells))
        if f"{year:04}-{month:02}" <= oldest:
            break
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found
