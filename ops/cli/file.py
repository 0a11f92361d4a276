"""`tally file`: everything that is known of one key."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer
from rich.console import Console

from ops.cli.options import AsJson, connect
from ops.cli.output import breach_text, plain, print_json, profile_text, screen
from ops.pipeline.file_history import FileVersion, file_history

MAY_LACK: Final = "so many executions failed or run since that others about it may be missing"

app = typer.Typer(add_completion=False)


@app.command()
def file(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="A key of the raw bucket.")],
    *,
    version: Annotated[
        str | None, typer.Option(help="This version alone: its id, or how only its id begins.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where a file is: each version's status, what it is, what to do next.

    Exit codes: 0 all versions were processed; 1 one was not, or there is none; 2 bad usage;
    3 no access.
    """
    found = file_history(connect(context), key, version)
    if as_json:
        print_json([each.to_json() for each in found])
    else:
        for each in found:
            _show(screen(), each)
    raise typer.Exit(0 if all(each.trace.state == "processed" for each in found) else 1)


def _show(console: Console, version: FileVersion) -> None:
    shown = version.to_json()
    style = "green" if version.trace.state == "processed" else "bold red"
    console.print(plain(shown["key"]), plain(version.trace.state, style), soft_wrap=True)
    for name, value in _lines(shown):
        console.print(f"  {name}:", plain(value), soft_wrap=True)
    console.print("  timeline:" if shown["timeline_whole"] else f"  timeline ({MAY_LACK}):")
    for each in shown["timeline"]:
        console.print(f"    {each['time'][:19]}", plain(_moment(each)), soft_wrap=True)


def _moment(moment: dict[str, Any]) -> str:
    name = (moment.get("execution") or "").rpartition(":")[2]
    return f"{moment['what']} ({name})" if name else str(moment["what"])


def _lines(shown: dict[str, Any]) -> list[tuple[str, str]]:
    error = shown["error"]
    day = f"{shown['date']} ({shown['uploaded_at']})"
    told = {
        "version": shown["version_id"],
        "day": f"{day}, as S3 stored it" if shown["assumed_day"] else day,
        "size": f"{shown['size_bytes']:,} bytes",
        "format": shown["format"],
        "records": None if shown["records"] is None else f"{shown['records']:,}",
        "columns": ", ".join(shown["columns"] or ()),
        "ragged rows": f"{shown['ragged_rows']:,}" if shown["ragged_rows"] else "",
        "warnings": "; ".join(shown["warnings"] or ()),
        "breaches": "; ".join(map(breach_text, shown["breaches"] or ())),
        "profile": profile_text(shown["profile"] or []),
        "error": f"{error['code']}: {error['message']}" if error else "",
        "execution": (shown["execution"] or "none").rpartition(":")[2],
        "letter": _letter(shown["letter"]),
        "duplicates": f"{shown['duplicates']:,} further events, ignored",
        "report": _report(shown),
        "next": shown["next"],
    }
    return [(name, value) for name, value in told.items() if value]


def _letter(letter: dict[str, Any] | None) -> str:
    if letter is None:
        return "none"
    return f"{letter['id']} ({letter['kind']}, sent {letter['sent'][:19]} UTC)"


def _report(shown: dict[str, Any]) -> str:
    written = shown["report_written"]
    when = f"written {written[:19]} UTC" if written else "not written yet"
    when += ", before this ended" if shown["report_is_older"] else ""
    return f"{shown['report']} ({when})"
