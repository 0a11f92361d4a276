"""`tally upload`: files into the raw bucket, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich import progress as bars

from ops.cli.counting import CONTRACTS, contracts_in, count_as
from ops.cli.options import (
    AsJson,
    ContentType,
    Delimiter,
    Encoding,
    Format,
    NoHeader,
    Paths,
    Timeout,
    connect,
)
from ops.cli.output import plain, print_json, progress, progress_screen, reading_of, screen
from ops.pipeline.declaration import Declaration
from ops.pipeline.deployment import Deployment
from ops.pipeline.followed_uploads import FileOutcome, Patience, follow
from ops.pipeline.shell import command
from ops.pipeline.upload_items import Item, items
from ops.pipeline.uploader import Uploaded
from ops.pipeline.uploader import upload as upload_files
from ops.pipeline.uploads import Identity

app = typer.Typer(add_completion=False)

ROWS: Final = 20
"""Of so many files it is printed how they were read; --json says it of all."""

Outcomes = Mapping[Identity, FileOutcome]


@app.command()
def upload(
    context: typer.Context,
    paths: Paths,
    *,
    prefix: Annotated[str, typer.Option(help="What each key begins with, such as in/.")] = "",
    content_type: ContentType = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    format: Format = None,  # noqa: A002 - the option's name
    declare: Annotated[
        bool, typer.Option("--declare", help="Count first, and declare what was counted.")
    ] = False,
    parallel: Annotated[int, typer.Option(help="Files side by side.", min=1, max=64)] = 8,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the executions to the end.")] = False,
    timeout: Timeout = 3600,
    as_json: AsJson = False,
) -> None:
    """Upload files; skip those that are there already with the same content.

    Exit codes: 0 all are there (with --wait: and processed); 1 an upload failed (with --wait: or
    a file was rejected, failed or still runs); 2 bad usage; 3 no access.
    """
    declared = Declaration(content_type, encoding, delimiter, not no_header, format).header_value()
    wanted = items(paths, prefix)
    deployment = connect(context)
    count = _counter(declared) if declare else None
    done = _upload(deployment, wanted, parallel, declared, count)
    found = _follow(deployment, done, timeout) if wait else {}
    lines = [_line(each, found, wait=wait) for each in done]
    if as_json:
        print_json(lines)
    else:
        _show(lines, wait=wait)
    raise typer.Exit(0 if all(map(_is_well, lines)) else 1)


def _counter(declared: str | None) -> Callable[[Item], int]:
    known = contracts_in(CONTRACTS)
    return lambda item: count_as(item.path, item.key, known, declared).records


def _upload(
    deployment: Deployment,
    wanted: Sequence[Item],
    parallel: int,
    declared: str | None,
    count: Callable[[Item], int] | None,
) -> list[Uploaded]:
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=progress_screen()) as bar:
        task = bar.add_task("uploading", total=sum(item.size for item in wanted))

        def on_bytes(size: int) -> None:
            bar.advance(task, size)

        return list(
            upload_files(deployment, wanted, on_bytes, parallel, content_type=declared, count=count)
        )


def _follow(deployment: Deployment, done: Sequence[Uploaded], timeout: float) -> Outcomes:
    with progress() as bar:
        task = bar.add_task("processing", visible=False)

        def begin(number: int) -> None:
            bar.update(task, total=number, visible=number > 0)

        patience = Patience(timeout=timeout, stalled=timeout)
        return follow(deployment, done, patience, begin, lambda: bar.advance(task))


def _line(each: Uploaded, found: Outcomes, *, wait: bool) -> dict[str, Any]:
    outcome = found.get(each.identity)
    line: dict[str, Any] = {
        **each.to_json(),
        "became": outcome.word if outcome else "unfinished" if _is_open(each, wait) else each.state,
        "execution": outcome.execution if outcome else None,
        "record": (outcome.record or None) if outcome else None,
    }
    return line | {"problem": None if _is_well(line) else _problem(each, outcome)}


def _is_open(each: Uploaded, wait: bool) -> bool:  # noqa: FBT001 - as the option
    return wait and each.state != "failed"


def _is_well(line: Mapping[str, Any]) -> bool:
    return line["became"] in {"uploaded", "unchanged", "processed"}


def _problem(each: Uploaded, outcome: FileOutcome | None) -> str:
    if outcome is not None:
        return outcome.why
    if each.stored is not None:
        return f"no record of it: {command('audit', f'{each.stored:%Y-%m-%d}')} says why"
    return each.problem


def _show(lines: Sequence[Mapping[str, Any]], *, wait: bool) -> None:
    console = screen()
    for line in lines[:ROWS]:
        if line["record"]:
            console.print(plain(line["key"]), plain(reading_of(line["record"]), "dim"))
    for line in lines:
        if not _is_well(line):
            console.print(plain(line["became"], "red"), plain(line["key"]), plain(line["problem"]))
    counts = Counter(line["became"] for line in lines)
    summary = ", ".join(f"{number:,} {word}" for word, number in sorted(counts.items()))
    there = sum(line["state"] == "unchanged" for line in lines) if wait else 0
    before = f" ({there:,} had been there before)" if there else ""
    console.print(f"{len(lines):,} files: {summary or 'nothing to upload'}{before}")
