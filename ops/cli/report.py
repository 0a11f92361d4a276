"""`report` and `audit`: a day's report, and whether every file has its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli.options import AsJson, connect, plain, print_json, screen

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer()
SHOWN = 100
"""So many failed files are named on a screen, and as many rejected ones."""

DayArgument = Annotated[
    str | None, typer.Argument(help="A UTC day: YYYY-MM-DD, today or yesterday.", metavar="DATE")
]


@app.command()
def report(
    context: typer.Context,
    date: DayArgument = "yesterday",
    *,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write it again first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a day's report (yesterday's if no day is given).

    Exit codes: 0 done; 1 the day has no report, or writing it failed; 2 bad usage; 3 no access.
    """
    from ops.pipeline import reports, times
    from ops.pipeline.errors import OpsError

    day = times.day(date)
    deployment = connect(context)
    if rebuild:
        ended = reports.restate(deployment, [day])[day]
        if ended is None or ended.status != "SUCCEEDED":
            problem = (ended.error or ended.status) if ended else "still running"
            name = f": tally show {ended.name}" if ended else ""
            raise OpsError(f"the report of {day} was not written: {problem}{name}")
    found = reports.report(deployment, day)
    if as_json:
        print_json(found)
    else:
        _show_report(found)
    if open_it:
        _open(reports.stored(deployment, day, "html"), day)


def _show_report(found: dict[str, Any]) -> None:
    console, totals = screen(), found["totals"]
    console.print(
        f"[bold]{found['date']}[/]: {totals['received']:,} received"
        f" = {totals['processed']:,} processed + {totals['rejected']:,} rejected"
        f" + {totals['failed']:,} failed + {totals['in_flight']:,} in flight;"
        f" {totals['records']:,} records in {totals['bytes']:,} bytes"
    )
    settled = "settled" if found["settled"] else "not settled: some were still running"
    console.print(f"written {found['generated_at']}, {settled}")
    for each in found["by_format"]:
        console.print("  ", plain(each["format"]), f"{each['files']:,} files, {each['records']:,}")
    for each in found["failures"][:SHOWN]:
        said = f"{each.get('state') or ''} {each.get('error') or ''}"
        console.print("failed:", plain(each["key"]), plain(said, "red"))
    _show_rest(console, "failed", totals["failed"])
    for each in found["rejections"][:SHOWN]:
        console.print("rejected:", plain(each["key"]), plain(str(each.get("code", "")), "yellow"))
    _show_rest(console, "rejected", totals["rejected"])
    cost = found["cost"]
    console.print(f"estimated cost: {cost['total']:.4f} {cost['currency']}")


def _show_rest(console: Console, what: str, number: int) -> None:
    if number > SHOWN:
        console.print(f"{what}: {number - SHOWN:,} more (--json)")


def _open(page: bytes, date: str) -> None:
    """In a folder of the user's own: the browser reads it after this command has ended."""
    import tempfile
    from pathlib import Path

    path = Path(tempfile.mkdtemp(prefix="tally-")) / f"report-{date}.html"
    path.write_bytes(page)
    screen().print("opening", plain(str(path)))
    typer.launch(str(path))


@app.command()
def audit(
    context: typer.Context,
    date: Annotated[str, typer.Argument(help="YYYY-MM-DD, today or yesterday.", metavar="DATE")],
    *,
    as_json: AsJson = False,
) -> None:
    """Hold the raw bucket's object versions of a day against their records.

    Exit codes: 0 each has the other; 1 something is missing or extra; 2 bad usage; 3 no access.
    """
    from ops.pipeline import times
    from ops.pipeline.audit import audit as audited

    found = audited(connect(context), times.day(date))
    if as_json:
        print_json(found.to_json())
    else:
        console = screen()
        console.print(
            f"{found.date}: {found.versions:,} object versions, {found.records:,} records"
        )
        for each in found.missing:
            said = plain(f"{each.key} (version {each.version_id})")
            console.print("no record:", said, plain(each.why, "red"))
        for stem in found.extra:
            console.print("no object version:", plain(stem))
        if found.clean:
            console.print("nothing is missing, nothing is extra")
    raise typer.Exit(0 if found.clean else 1)
