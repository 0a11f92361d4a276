"""The pages of the last 30 days: small charts of every prefix, and one prefix day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ops.console.views.trend_chart import chart
from ops.console.web.context import console_of
from ops.pipeline import times
from ops.pipeline.errors import NotFoundError, plainly
from ops.pipeline.trends import NUMBERS, trends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.console.views.trend_chart import Chart
    from ops.pipeline.trends import Row, Trends

CHARTS: Final = {
    "received": "files",
    "records": "records",
    "bytes": "bytes",
    "rejected": "rejected files",
}
"""What is drawn of a prefix; of all prefixes, the first two."""
NOT_A_PLACE: Final = "("
"""Names of rows that are no folder of keys, as `(top level)`, begin so."""


def show(request: Request) -> Response:
    """All prefixes, or the one that is asked for, up to a day: by itself the newest report's."""
    console, query = console_of(request), request.query_params
    newest = (console.report_days.value() or [times.today()])[0]
    last = times.day(query.get("date") or newest)
    with plainly():
        found = trends(console.deployment, last)
    prefix = query.get("prefix")
    if prefix is None:
        drawn = {
            name: [_chart(found, rows, number) for number in list(CHARTS)[:2]]
            for name, rows in found.prefixes.items()
        }
        return console.templates.page(
            request, "trends.html.jinja", last=last, drawn=drawn, reported=found.reported
        )
    if prefix not in found.prefixes:
        raise NotFoundError(f"no report of the 30 days up to {last} has the prefix {prefix}")
    rows = found.prefixes[prefix]
    return console.templates.page(
        request,
        "trend.html.jinja",
        last=last,
        prefix=prefix,
        place="" if prefix.startswith(NOT_A_PLACE) else prefix,
        charts=[_chart(found, rows, number) for number in CHARTS],
        days=list(zip(found.dates, rows, strict=True))[::-1],
        numbers=NUMBERS,
    )


def _chart(found: Trends, rows: Sequence[Row | None], number: str) -> Chart:
    values = [row[number] if row else None for row in rows]
    return chart(CHARTS[number], found.dates, values)
