"""`cost`: which estimate is asked for, and how it is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ops.cli.options import screen
from ops.pipeline import times
from ops.pipeline.cost import Estimate, of_day, of_plan, size
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment


def found_cost(
    connect: Callable[[], Deployment] | None,
    date: str | None,
    plan: tuple[int, str] | None = None,
    estimate: Estimate | None = None,
) -> dict[str, Any]:
    """The estimate of a day's report, or of a plan of files a day and their mean size.

    Raises:
        OpsError: both are asked for, or what is asked for cannot be read.
    """
    if plan is not None and date is not None:
        raise OpsError("give --date or --files-per-day, not both", BAD_USAGE)
    if plan is not None and estimate is not None:
        return of_plan(plan[0], size(plan[1]), estimate)
    if connect is None:
        raise OpsError("give --date or --files-per-day", BAD_USAGE)
    day = times.day(date or "yesterday")
    return of_day(connect(), day)


def show_cost(found: dict[str, Any]) -> None:
    """Print each line as quantity times price."""
    from rich.table import Table

    console = screen()
    if "date" in found:
        files = f"{found['processed']:,} processed and {found['rejected']:,} rejected files"
        console.print(f"{found['date']}: {files}, {found['bytes']:,} bytes")
    else:
        mean = f"{found['mean_size_bytes']:,} bytes each"
        console.print(f"{found['files_per_day']:,} files a day, {mean}")
    table = Table("what", "quantity", "x price", "= dollars", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for line in found["lines"]:
        price = f"{line['price']:.10f}".rstrip("0")
        table.add_row(line["what"], f"{line['quantity']:,}", price, f"{line['dollars']:.6f}")
    console.print(table)
    console.print(f"[bold]{found['total']:.6f} {found['currency']}[/] a day")
    if "month" in found:
        console.print(f"[bold]{found['month']:.2f} {found['currency']}[/] a month of 30 days")
