"""`tally cost`: what a day costs, of a report or of a plan."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from functions.core.reporting.cost import estimate
from ops.cli.options import AsJson, connect
from ops.cli.output import print_json, screen
from ops.pipeline import times
from ops.pipeline.cost import of_day, of_plan, size
from ops.pipeline.errors import BAD_USAGE, OpsError

app = typer.Typer(add_completion=False)


@app.command()
def cost(
    context: typer.Context,
    *,
    date: Annotated[str | None, typer.Option(help="What a day did cost.", metavar="DATE")] = None,
    files_per_day: Annotated[int | None, typer.Option(help="What so many would.", min=0)] = None,
    with_field_rules: Annotated[
        int, typer.Option(help="How many of these have a contract with field rules.", min=0)
    ] = 0,
    mean_size: Annotated[str, typer.Option(help="Of a file, such as 250KB or 1MB.")] = "1MB",
    as_json: AsJson = False,
) -> None:
    """Estimate what a day costs on AWS, with the arithmetic (us-east-1, list prices).

    With --files-per-day no deployment is needed; else it is the estimate of a day's report
    (yesterday's if no day is given).

    Exit codes: 0 done; 1 the day has no report; 2 bad usage; 3 no access.
    """
    if files_per_day is None:
        day = times.day(date or "yesterday")
        found = of_day(connect(context), day)
    elif date is not None:
        raise OpsError("give --date or --files-per-day, not both", BAD_USAGE)
    else:
        found = of_plan(files_per_day, size(mean_size), estimate, with_field_rules)
    print_json(found) if as_json else _show(found)


def _show(found: dict[str, Any]) -> None:
    """Print each line as quantity times price."""
    console = screen()
    if "date" in found:
        files = f"{found['processed']:,} processed and {found['rejected']:,} rejected files"
        console.print(f"{found['date']}: {files}, {found['bytes']:,} bytes")
    else:
        mean = f"{found['mean_size_bytes']:,} bytes each"
        ruled = found["with_field_rules"]
        rules = f", {ruled:,} of them with field rules" if ruled else ""
        console.print(f"{found['files_per_day']:,} files a day, {mean}{rules}")
    console.print(_table(found["lines"]))
    console.print(f"[bold]{found['total']:.6f} {found['currency']}[/] a day")
    if "month" in found:
        console.print(f"[bold]{found['month']:.2f} {found['currency']}[/] a month of 30 days")


def _table(lines: list[dict[str, Any]]) -> Table:
    table = Table("what", "quantity", "x price", "= dollars", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        price = f"{line['price']:.10f}".rstrip("0")
        table.add_row(line["what"], f"{line['quantity']:,}", price, f"{line['dollars']:.6f}")
    return table
