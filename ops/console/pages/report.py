"""The page of one day's report, in a sandbox; its downloads; writing it again."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from starlette.responses import RedirectResponse, Response

from ops.console.web.context import console_of
from ops.console.web.html import link
from ops.pipeline import absences, reports, times
from ops.pipeline.errors import NotFoundError, OpsError, plainly

if TYPE_CHECKING:
    from starlette.requests import Request

TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
FRAME: Final = "allow-same-origin allow-top-navigation-by-user-activation"
"""What a report's page may do, which was written from names of files: lead to the console's pages
when a link is clicked. It has its origin because the cookie is sent with no other's requests."""
SANDBOX: Final = (
    f"sandbox {FRAME}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'; form-action 'none'; base-uri 'self'"
)
AWS_PAGE: Final = re.compile(r'href="https://[^"]*/v2/executions/details/([^"]+)"')
"""A report's link to an execution, in the AWS console."""
AWS_LIST: Final = re.compile(r'href="https://[^"]*/statemachines/view/[^"?]+\?statusFilter=(\w+)"')
"""Its link to the executions of a status."""
AWS_RECORDS: Final = re.compile(
    r'(?:class="(\w+)" )?href="https://[^"]*/s3/buckets/[^"]*prefix=processed/date=([\d-]+)/([^"]*)"'
)
"""Its links to records: of what kind in the verdict, of which day and prefix."""


def show(request: Request) -> Response:
    """One day's report, and what can be done with it."""
    console = console_of(request)
    day = _day(request)
    try:
        with plainly():
            found = reports.report(console.deployment, day)
    except NotFoundError:
        found = None
    away = absences.of_day(console.deployment, day)
    return console.templates.page(
        request, "report.html.jinja", day=day, found=found, frame=FRAME, away=away
    )


def show_stored(request: Request) -> Response:
    """A stored report: its page in a sandbox, the others as downloads."""
    console, form = console_of(request), request.path_params["form"]
    if form not in TYPES:
        raise NotFoundError("a report is html, json or csv")
    day = _day(request)
    with plainly():
        body = reports.stored(console.deployment, day, form)
    headers = {"content-security-policy": SANDBOX, "x-frame-options": "SAMEORIGIN"}
    if form == "html":
        body = linked(body.decode()).encode()
    else:
        headers["content-disposition"] = f'attachment; filename="report-{day}.{form}"'
    return Response(body, media_type=TYPES[form], headers=headers)


def linked(page: str) -> str:
    """A report's page whose links lead to this console's pages, out of its frame."""

    def ours(found: re.Match[str]) -> str:
        return _out_of_frame(link("/execution", arn=unquote(unescape(found[1]))))

    page = AWS_PAGE.sub(ours, page)
    page = AWS_LIST.sub(lambda found: _out_of_frame(link("/executions", status=found[1])), page)
    return AWS_RECORDS.sub(_files, page)


def _files(found: re.Match[str]) -> str:
    """The page of the files whose records a link is to."""
    kind, date, prefix = found.groups()
    status = kind if kind == "rejected" else None
    return _out_of_frame(link("/files", date=date, prefix=unquote(unescape(prefix)), status=status))


def _out_of_frame(path: str) -> str:
    return f'href="{escape(path)}" target="_top"'


def rebuild(request: Request) -> Response:
    """Write a day's report again, and show the execution that does."""
    console = console_of(request)
    day = times.day(request.state.form.get("date") or None)
    if day > times.today():
        raise OpsError(f"{day} is yet to come")
    with plainly():
        arn = reports.start(console.deployment, day)
    console.report_days.refresh()
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
