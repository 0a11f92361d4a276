"""`tally report`: a day's report."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from ops.cli.options import AsJson, connect
from ops.cli.output import plain, print_json, reading_of, screen, table
from ops.cli.report_sections import lines
from ops.pipeline import absences, reports, times
from ops.pipeline.deployment import Deployment
from ops.pipeline.errors import OpsError

app = typer.Typer(add_completion=False)
ROWS: Final = 100
"""So many failed files are named on a screen, and as many rejected ones."""


@app.command()
def report(
    context: typer.Context,
    date: Annotated[
        str | None,
        typer.Argument(help="A UTC day: YYYY-MM-DD, today or yesterday.", metavar="DATE"),
    ] = "yesterday",
    *,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write it again first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a day's report (yesterday's if no day is given).

    Exit codes: 0 done; 1 the day has no report, or writing it failed; 2 bad usage; 3 no access.
    """
    day = times.day(date)
    deployment = connect(context)
    if rebuild:
        _rebuild(deployment, day)
    found = reports.report(deployment, day)
    away = absences.of_day(deployment, day)
    if as_json:
        print_json(found | ({"runtime_off": [each.shown() for each in away]} if away else {}))
    else:
        show_report(found)
        for each in away:
            screen().print(plain(str(each), "yellow"))
    if open_it:
        _open(deployment, day)


def _rebuild(deployment: Deployment, day: str) -> None:
    """Write it again.

    Raises:
        OpsError: that failed, or still runs.
    """
    done = reports.restate(deployment, [day])
    if done.complete:
        return
    ended = done.written[day]
    problem = (ended.error or ended.status) if ended else "still running"
    name = f": tally show {ended.name}" if ended else ""
    raise OpsError(f"the report of {day} was not written: {problem}{name}")


def show_report(found: dict[str, Any]) -> None:
    """Print a day's report: the verdict, the equation, prefixes, files."""
    console, totals = screen(), found["totals"]
    _show_verdict(console, found)
    console.print(
        f"[bold]{found['date']}[/]: {totals['received']:,} received"
        f" = {totals['processed']:,} processed + {totals['rejected']:,} rejected"
        f" + {totals['failed']:,} failed + {totals['in_flight']:,} in flight;"
        f" {totals['records']:,} records in {totals['bytes']:,} bytes"
    )
    why = found.get("unsettled_because") or "some were still running"
    settled = "settled" if found["settled"] else f"not settled: {why}"
    console.print(f"written {found['generated_at']}, {settled}")
    _show_prefixes(console, found["by_prefix"])
    _show_readings(console, found.get("by_reading") or [])
    _show_doubtful(console, found.get("doubtful") or {"files": 0, "named": []})
    for each in found["failures"][:ROWS]:
        problem = f"{each.get('state') or ''} {each.get('error') or ''}"
        console.print("failed:", plain(each["key"]), plain(problem, "red"))
    _show_rest(console, "failed", totals["failed"])
    for each in found["rejections"][:ROWS]:
        console.print("rejected:", plain(each["key"]), plain(str(each.get("code", "")), "yellow"))
    _show_rest(console, "rejected", totals["rejected"])
    for label, said in lines(found):
        console.print(plain(label), plain(said))
    cost = found["cost"]
    console.print(f"estimated cost: {cost['total']:.4f} {cost['currency']}")


def _show_verdict(console: Console, found: dict[str, Any]) -> None:
    """Whose report it is, and what needs somebody; one of before 2026-11-28 does not say it."""
    whose, verdict = found.get("deployment"), found.get("verdict")
    if whose and whose["project"]:
        console.print(plain(", ".join(whose.values())))
    if not verdict:
        return
    console.print(plain(verdict["headline"], "green" if verdict["good"] else "bold red"))
    for each in verdict["items"]:
        console.print("  -", plain(each["text"]))
        if each["command"]:
            console.print("   ", plain(each["command"], "cyan"))
    if (more := verdict["items_total"] - len(verdict["items"])) > 0:
        console.print(f"  - and {more:,} more")


def _show_prefixes(console: Console, rows: list[dict[str, Any]]) -> None:
    """All files by prefix; what an older report does not know is left empty."""
    numbers = ("received", "processed", "rejected", "failed", "in_flight")
    more = ("records", "bytes", "last_arrival", "median_seconds", "ragged_rows")
    shown = table("prefix")
    for name in (*numbers, *more):
        shown.add_column(name.replace("_", " "), justify="right")
    for each in rows:
        told = {"received": each.get("files"), **each}
        cells = [_cell(told.get(name)) for name in (*numbers, *more)]
        shown.add_row(plain(each["prefix"]), *cells)
    if rows:
        console.print(shown)


def _show_readings(console: Console, rows: list[dict[str, Any]]) -> None:
    """How files were read: a guess that was wrong stands beside those that were right."""
    shown = table("prefix")
    shown.add_column("files", justify="right")
    shown.add_column("read as", overflow="fold")
    for each in rows:
        shown.add_row(plain(each["prefix"]), _cell(each["files"]), plain(_reading(each)))
    if rows:
        console.print(shown)


def _reading(row: dict[str, Any]) -> str:
    columns, more = row["columns"], ""
    if columns is not None:
        more = f"; {columns:,} {'column' if columns == 1 else 'columns'}: {row['names']}"
    return reading_of({**row, "columns": None}) + more


def _show_doubtful(console: Console, doubtful: dict[str, Any]) -> None:
    for each in doubtful["named"]:
        console.print("look again:", plain(each["key"]), plain(reading_of(each), "yellow"))
    if more := doubtful["files"] - len(doubtful["named"]):
        console.print(f"look again: {more:,} more (tally files --json)")


def _cell(value: Any) -> str:
    """A number, or the time of day of a moment."""
    if isinstance(value, str):
        return value[11:19]
    return "" if value is None else f"{value:,}"


def _show_rest(console: Console, what: str, number: int) -> None:
    if number > ROWS:
        console.print(f"{what}: {number - ROWS:,} more (--json)")


def _open(deployment: Deployment, date: str) -> None:
    """In a folder of the user's own: the browser reads it after this command has ended.

    The page links to the other forms beside it.
    """
    folder = Path(tempfile.mkdtemp(prefix="tally-"))
    path = folder / f"report-{date}.html"
    path.write_bytes(reports.stored(deployment, date, "html"))
    for form in ("json", "csv"):
        (folder / f"report.{form}").write_bytes(reports.stored(deployment, date, form))
    screen().print("opening", plain(str(path)))
    typer.launch(str(path))
