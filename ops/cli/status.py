"""`tally status`: how a day stands."""

from __future__ import annotations

from typing import Any

import typer

from ops.cli.deliveries import deliveries_of, lines
from ops.cli.options import AsJson, Date, connect
from ops.cli.output import counted, plain, print_json, screen
from ops.pipeline import times
from ops.pipeline.status import Status
from ops.pipeline.status import status as status_of

app = typer.Typer(add_completion=False)


@app.command()
def status(context: typer.Context, *, date: Date = None, as_json: AsJson = False) -> None:
    """Show how a day stands: equation, deliveries, what runs, queue, last report.

    Exit codes: 0 done; 2 bad usage; 3 no access.
    """
    deployment = connect(context)
    found = status_of(deployment, times.day(date), newest=1)
    delivered = deliveries_of(deployment, found.day)
    if as_json:
        print_json(found.to_json() | {"deliveries": delivered})
    else:
        _show(found, delivered)


def _show(found: Status, delivered: dict[str, Any]) -> None:
    console, day = screen(), found.day
    console.print(f"[bold]{found.deployment}[/] in {found.region}, {day.date} (UTC)")
    console.print(
        f"[bold]{day.received:,}[/] received = {day.processed:,} processed"
        f" + {day.rejected:,} rejected + {len(day.failed):,} failed"
        f" + {len(day.in_flight):,} in flight ({day.duplicates:,} duplicates ignored)"
    )
    console.print(f"failed without a file: {len(found.without_file):,}")
    console.print(f"running executions: {len(found.running):,}")
    console.print(f"dead-letter queue: {found.queue_depth:,} messages")
    console.print(_last_report(found))
    for name, state in lines(delivered):
        console.print(plain(name), plain(state, "bold"))
    for each in day.failed:
        key = each.upload.key if each.upload else each.name
        console.print("failed:", plain(key), plain(each.error, "bold red"), plain(each.name, "dim"))
    for each in found.without_file:
        error = plain(each.error or each.status, "bold red")
        console.print("failed without a file:", plain(each.machine), error, plain(each.name, "dim"))
    console.print(counted(found.counted_at))


def _last_report(found: Status) -> str:
    if not found.reports:
        return "last report: none yet"
    report = found.reports[0]
    totals = report["totals"]
    return (
        f"last report: {report['date']}, {totals['received']:,} received,"
        f" {totals['failed']:,} failed, {totals['records']:,} records"
        f" (written {report['generated_at']})"
    )
