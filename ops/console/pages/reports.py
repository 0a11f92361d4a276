"""The pages of the reports: a calendar, each day's report in a sandbox, and writing it again."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from ops.console.app import of
from ops.console.html import link
from ops.pipeline import reports, times
from ops.pipeline.errors import NotFoundError, OpsError, plainly

if TYPE_CHECKING:
    from starlette.requests import Request

MONTHS: Final = 13
"""How far back the calendar goes at once: a year, and the current month."""
TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
SANDBOX: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A report's page was written from names of files: it may be looked at, and do nothing."""


def listed(request: Request) -> Response:
    """The calendar of days that have a report."""
    console = of(request)
    found = console.reported.value()
    known = frozenset(found or ())
    return console.pages.answer(
        request,
        "reports.html.jinja",
        every=5000 if found is not None else 400,
        days=found,
        known=known,
        problem=console.reported.problem,
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
        shown = [[each if each.month == month else None for each in week] for week in weeks]
        found.append((f"{calendar.month_name[month]} {year}", shown))
        if f"{year:04}-{month:02}" <= oldest:
            break
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def shown(request: Request) -> Response:
    """One day's report, and what can be done with it."""
    console = of(request)
    day = _day(request)
    try:
        with plainly():
            found = reports.report(console.deployment, day)
    except NotFoundError:
        found = None
    return console.pages.answer(request, "report.html.jinja", day=day, found=found)


def stored(request: Request) -> Response:
    """A stored report: its page in a sandbox, the others as downloads."""
    console, form = of(request), request.path_params["form"]
    if form not in TYPES:
        raise NotFoundError("a report is html, json or csv")
    day = _day(request)
    with plainly():
        body = reports.stored(console.deployment, day, form)
    headers = {"content-security-policy": SANDBOX, "x-frame-options": "SAMEORIGIN"}
    if form != "html":
        headers["content-disposition"] = f'attachment; filename="report-{day}.{form}"'
    return Response(body, media_type=TYPES[form], headers=headers)


def rebuild(request: Request) -> Response:
    """Write a day's report again, and show the execution that does."""
    console = of(request)
    day = times.day(request.state.form.get("date") or None)
    if day > times.today():
        raise OpsError(f"{day} is yet to come")
    with plainly():
        arn = reports.start(console.deployment, day)
    console.reported.again()
    return RedirectResponse(link("/execution", arn=arn), 303)


def _day(request: Request) -> str:
    """The day in the path.

    Raises:
        NotFoundError: it is no date.
    """
    try:
        return times.day(request.path_params["date"])
    except OpsError as error:
        raise NotFoundError(str(error)) from error
