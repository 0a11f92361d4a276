"""`tally files`: the files of days."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from ops.cli.options import AsJson, Date, Since, connect
from ops.cli.output import plain, print_csv, print_json, screen, table
from ops.pipeline import times
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.recorded_files import (
    SORTS,
    STATUSES,
    FileFilter,
    days_since,
    error_of,
    find_files,
)

app = typer.Typer(add_completion=False)
COLUMNS: Final = ("uploaded_at", "status", "format", "records", "size_bytes", "error", "key")
ALSO: Final = ("version_id", "execution_arn")


@app.command()
def files(
    context: typer.Context,
    *,
    date: Date = None,
    since: Since = None,
    prefix: Annotated[str | None, typer.Option(help="Keys that begin so.")] = None,
    like: Annotated[str | None, typer.Option(help="Keys with this text, in any case.")] = None,
    status: Annotated[
        str | None, typer.Option(help="processed, rejected, failed or running.")
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", help="Such as csv.")] = None,
    error: Annotated[
        str | None, typer.Option(help="A code, such as EMPTY_FILE, or the error of a failure.")
    ] = None,
    sort: Annotated[str, typer.Option(help="key, time, size or records.")] = "key",
    limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the files of a day (today's if none is given), and what became of each.

    Exit codes: 0 done, whether there is one or not; 2 bad usage; 3 no access.
    """
    _check(sort, SORTS, "a sort")
    _check(status, STATUSES, "a status")
    if date and since:
        raise OpsError("give --date or --since, not both", BAD_USAGE)
    begin = times.since(since)
    days = days_since(begin) if begin else [times.day(date)]
    wanted = FileFilter(
        prefix=prefix, status=status, format=format_, error=error, like=like, since=begin
    )
    found = find_files(connect(context), days, wanted, sort)
    _print(found, limit, as_csv=as_csv, as_json=as_json)


def _check(given: str | None, known: Any, what: str) -> None:
    if given is not None and given not in known:
        raise OpsError(f"{what} is one of {', '.join(known)}, not {given!r}", BAD_USAGE)


def _print(found: list[dict[str, Any]], limit: int, *, as_csv: bool, as_json: bool) -> None:
    kept = found[: limit or None]
    if as_json:
        print_json([_row(each) for each in kept])
    elif as_csv:
        print_csv((*COLUMNS, *ALSO), (_row(each).values() for each in kept))
    else:
        shown = table(*COLUMNS)
        for each in kept:
            shown.add_row(*(_cell(value) for value in list(_row(each).values())[: len(COLUMNS)]))
        screen().print(shown if kept else "no files", soft_wrap=not kept)
        if len(found) > len(kept):
            screen().print(f"{len(kept):,} of {len(found):,}; --limit 0 lists all", style="dim")


def _row(record: dict[str, Any]) -> dict[str, Any]:
    known = {**record, "error": error_of(record)}
    return {name: known.get(name) for name in (*COLUMNS, *ALSO)}


def _cell(value: Any) -> Any:
    return plain(f"{value:,}" if isinstance(value, int) else value)
