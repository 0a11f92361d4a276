"""report.html: one page for people."""

from __future__ import annotations

from datetime import date as calendar
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.core.reporting.deliveries import said
from functions.core.reporting.document import current, equation
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.populations import POPULATIONS
from functions.core.reporting.runtime_off import told
from functions.core.reporting.table import came, delimiter, doubt, file_problem, same_as
from functions.core.reporting.trend_chart import charts
from functions.core.reporting.unusual.times import long
from functions.core.reporting.verdict import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from functions.core.reporting.document import Document
    from functions.core.reporting.trend import Trend
    from functions.core.reporting.trend_chart import Chart

HERE = Path(__file__).parent
UNITS = ("B", "kB", "MB", "GB", "TB")
KILO = 1000


def to_html(document: Document) -> str:
    """The report as a page; every value in it is escaped, and shows all that it is made of."""
    document = current(document)
    peak = max((hour["files"] for hour in document["by_hour"]), default=0)
    days = _days(document)
    most = max(day["received"] for day in days if "received" in day)
    return str(
        _template().render(
            report=document,
            peak=max(peak, 1),
            days=days,
            gaps=not all("received" in day for day in days),
            off=told(document),
            files=files,
            charts=_charts(document["trend"]),
            number_of_day=_number_of_day,
            most=max(most, 1),
            equation=equation(document["totals"]),
            of=POPULATIONS,
            came=came,
            said=said,
            same_as=same_as,
            file_problem=file_problem,
            doubt=doubt,
        )
    )


def _days(document: Document) -> list[dict[str, Any]]:
    """The totals of the last days from the first that is known; of a gap, its date alone."""
    known = {day["date"]: day for day in document["history"]}
    known[document["date"]] = {"date": document["date"], **document["totals"]}
    end, begin = calendar.fromisoformat(document["date"]), calendar.fromisoformat(min(known))
    dates = ((begin + timedelta(days)).isoformat() for days in range((end - begin).days + 1))
    return [known.get(date, {"date": date}) for date in dates]


def _charts(trend: Trend | None) -> list[Chart]:
    """None where there is but one day to show."""
    if trend is None:
        return []
    known = {place for row in trend["prefixes"] for place in _known_days(row)}
    return charts(trend) if len(known) > 1 else []


def _known_days(row: Mapping[str, Any]) -> Iterator[int]:
    return (place for place, value in enumerate(row["received"]) if value is not None)


def _number_of_day(row: Mapping[str, Any], place: int) -> str:
    """Files of a prefix on a day, and how many of them were not processed."""
    received, processed = row["received"][place], row["processed"][place]
    if received is None:
        return "no report"
    left = 0 if processed is None else received - processed
    return f"{received:,}" + (f" ({left:,} not processed)" if left else "")


@cache
def _template() -> Any:
    # jinja2 is the slowest import of the handler, and only this form needs it.
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = size
    environment.filters["long"] = long
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["delimiter"] = delimiter
    environment.filters["change"] = lambda value: f"{value:+,}"
    return environment.get_template("page.html.jinja")


def _seen(value: Any) -> Any:
    """What a template puts out; what it made itself is markup, and stays as it is."""
    return escaped(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def size(number: float) -> str:
    """A number of bytes, short: 1.2 MB."""
    for unit in UNITS:
        if number < KILO or unit == UNITS[-1]:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= KILO
    return ""
