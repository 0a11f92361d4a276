"""report.html: one page for people."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.core.reporting.deliveries import said
from functions.core.reporting.document import current, equation
from functions.core.reporting.populations import POPULATIONS
from functions.core.reporting.table import came, delimiter, doubt, file_problem, same_as
from functions.core.reporting.unusual.times import long

if TYPE_CHECKING:
    from functions.core.reporting.document import Document

HERE = Path(__file__).parent
UNITS = ("B", "kB", "MB", "GB", "TB")
KILO = 1000


def to_html(document: Document) -> str:
    """The report as a page; every value in it is escaped."""
    document = current(document)
    peak = max((hour["files"] for hour in document["by_hour"]), default=0)
    days = [*document["history"], {"date": document["date"], **document["totals"]}]
    most = max(day["received"] for day in days)
    return str(
        _template().render(
            report=document,
            peak=max(peak, 1),
            days=days,
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


@cache
def _template() -> Any:
    # jinja2 is the slowest import of the handler, and only this form needs it.
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["size"] = size
    environment.filters["long"] = long
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["delimiter"] = delimiter
    environment.filters["change"] = lambda value: f"{value:+,}"
    return environment.get_template("page.html.jinja")


def size(number: float) -> str:
    """A number of bytes, short: 1.2 MB."""
    for unit in UNITS:
        if number < KILO or unit == UNITS[-1]:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= KILO
    return ""
