"""`upload`: files into the raw bucket, and what became of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ops.cli.options import (
    AsJson,
    Paths,
    Timeout,
    connect,
    plain,
    print_json,
    progress_screen,
    screen,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details
    from ops.pipeline.uploader import Item, Uploaded

app = typer.Typer()

CLOCKS_DIFFER: Final = timedelta(minutes=2)
RESUMED: Final = timedelta(hours=1)
"""How long ago an upload may have been broken off whose executions are still followed."""
POLL_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Became:
    """What became of a file: a word for it, its record if it has one, its execution's ARN."""

    word: str
    record: dict[str, Any]
    execution: str | None
    problem: str = ""
    """Why it failed, where it did."""

    @property
    def why(self) -> str:
        """Why it was rejected or failed."""
        error = self.record.get("error")
        return f"{error['code']}: {error['message']}" if error else self.problem


@app.command()
def upload(
    context: typer.Context,
    paths: Paths,
    *,
    prefix: Annotated[str, typer.Option(help="What each key begins with, such as in/.")] = "",
    parallel: Annotated[int, typer.Option(help="Files side by side.", min=1, max=64)] = 8,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the executions to the end.")] = False,
    timeout: Timeout = 3600,
    as_json: AsJson = False,
) -> None:
    """Upload files; what is there with the same content is left alone.

    Exit codes: 0 all are there (with --wait: and processed); 1 an upload failed (with --wait: or
    a file was rejected, failed or still runs); 2 bad usage; 3 no access.
    """
    from ops.pipeline.uploader import items

    wanted = items(paths, prefix)
    deployment = connect(context)
    begun = datetime.now(UTC) - CLOCKS_DIFFER
    done = _upload(deployment, wanted, parallel)
    found = _follow(deployment, done, begun, timeout) if wait else {}
    if as_json:
        print_json([_line(each, found, wait=wait) for each in done])
    else:
        _show(done, found, wait=wait)
    good = all(_well(each, found, wait=wait) for each in done)
    raise typer.Exit(0 if good else 1)


def _upload(deployment: Deployment, wanted: Sequence[Item], parallel: int) -> list[Uploaded]:
    from rich import progress as bars

    from ops.pipeline.uploader import upload as uploaded

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=progress_screen()) as progress:
        task = progress.add_task("uploading", total=sum(item.size for item in wanted))
        return list(
            uploaded(deployment, wanted, lambda size: progress.advance(task, size), parallel)
        )


def _follow(
    deployment: Deployment, done: Sequence[Uploaded], begun: datetime, timeout: float
) -> dict[str, Became]:
    """What became of each file, by key, as far as it is known in time."""
    from rich.progress import MofNCompleteColumn, Progress

    from ops.pipeline.uploader import Executions

    found = _recorded(deployment, done)
    lately = datetime.now(UTC) - RESUMED
    followed = [
        each
        for each in done
        if each.stored
        and each.item.key not in found
        and (each.state == "uploaded" or each.stored > lately)
    ]
    first = min((each.stored for each in followed if each.stored), default=begun)
    started = Executions(deployment, followed, min(begun, first - CLOCKS_DIFFER))
    deadline = time.monotonic() + timeout
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=progress_screen(), disable=not followed) as progress:
        task = progress.add_task("processing", total=len(started.waiting))
        while started.waiting and time.monotonic() < deadline:
            for details in started.ended():
                found[details.upload.key if details.upload else ""] = _ended(details)
                progress.advance(task)
            if started.waiting:
                time.sleep(POLL_SECONDS)
    return found


def _recorded(deployment: Deployment, done: Sequence[Uploaded]) -> dict[str, Became]:
    """What became of those that were there already, as far as it is recorded."""
    from ops.pipeline.record import record
    from ops.pipeline.waiting import together

    there = [each for each in done if each.state == "unchanged"]
    records = together(lambda each: record(deployment, each), there)
    return {
        each.item.key: Became(found["status"], found, found.get("execution_arn"))
        for each, found in zip(there, records, strict=True)
        if found is not None
    }


def _ended(details: Details) -> Became:
    from ops.pipeline.errors import message_of
    from ops.pipeline.replay import became

    problem = f"{details.error}: {message_of(details.cause)}"
    return Became(became(details), details.result, details.arn, problem)


def _word(each: Uploaded, found: dict[str, Became], *, wait: bool) -> str:
    if not wait or each.state == "failed":
        return each.state
    return found[each.item.key].word if each.item.key in found else "unfinished"


def _well(each: Uploaded, found: dict[str, Became], *, wait: bool) -> bool:
    return _word(each, found, wait=wait) in {"uploaded", "unchanged", "processed"}


def _line(each: Uploaded, found: dict[str, Became], *, wait: bool) -> dict[str, Any]:
    ended = found.get(each.item.key)
    return {
        **each.to_json(),
        "became": _word(each, found, wait=wait),
        "execution": ended.execution if ended else None,
        "record": ended.record or None if ended else None,
        "problem": None if _well(each, found, wait=wait) else _why(each, found),
    }


def _show(done: Sequence[Uploaded], found: dict[str, Became], *, wait: bool) -> None:
    console = screen()
    counts: dict[str, int] = {}
    for each in done:
        word = _word(each, found, wait=wait)
        counts[word] = counts.get(word, 0) + 1
        if not _well(each, found, wait=wait):
            console.print(plain(word, "red"), plain(each.item.key), plain(_why(each, found)))
    said = ", ".join(f"{number:,} {word}" for word, number in sorted(counts.items()))
    there = sum(each.state == "unchanged" for each in done) if wait else 0
    before = f" ({there:,} had been there before)" if there else ""
    console.print(f"{len(done):,} files: {said or 'nothing to upload'}{before}")


def _why(each: Uploaded, found: dict[str, Became]) -> str:
    ended = found.get(each.item.key)
    if ended is not None:
        return ended.why
    if each.stored is not None:
        return f"no record of it: tally audit {each.stored:%Y-%m-%d} says why"
    return each.problem
