"""`upload`: files into the raw bucket, and what became of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ops.cli.asking import (
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

    from ops.deployment import Deployment
    from ops.executions import Details
    from ops.uploading import Item, Uploaded

app = typer.Typer()

CLOCKS_DIFFER: Final = timedelta(minutes=2)
POLL_SECONDS: Final = 0.5


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
    from ops.uploading import items

    wanted = items(paths, prefix)
    deployment = connect(context)
    begun = datetime.now(UTC) - CLOCKS_DIFFER
    done = _upload(deployment, wanted, parallel)
    ended = _follow(deployment, done, begun, timeout) if wait else {}
    if as_json:
        print_json([_line(each, ended, wait=wait) for each in done])
    else:
        _show(done, ended, wait=wait)
    good = all(_well(each, ended, wait=wait) for each in done)
    raise typer.Exit(0 if good else 1)


def _upload(deployment: Deployment, wanted: Sequence[Item], parallel: int) -> list[Uploaded]:
    from rich import progress as bars

    from ops.uploading import upload as uploaded

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
) -> dict[str, Details]:
    """The executions of what was uploaded now, by key, as far as they end in time."""
    from rich.progress import MofNCompleteColumn, Progress

    from ops.uploading import Executions

    started = Executions(deployment, [each for each in done if each.state == "uploaded"], begun)
    found: dict[str, Details] = {}
    deadline = time.monotonic() + timeout
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=progress_screen()) as progress:
        task = progress.add_task("processing", total=len(started.waiting))
        while started.waiting and time.monotonic() < deadline:
            for details in started.ended():
                found[details.upload.key if details.upload else ""] = details
                progress.advance(task)
            if started.waiting:
                time.sleep(POLL_SECONDS)
    return found


def _became(each: Uploaded, ended: dict[str, Details], *, wait: bool) -> str:
    from ops.replaying import became

    if not wait or each.state != "uploaded":
        return each.state
    return became(ended[each.item.key]) if each.item.key in ended else "unfinished"


def _well(each: Uploaded, ended: dict[str, Details], *, wait: bool) -> bool:
    return _became(each, ended, wait=wait) in {"uploaded", "unchanged", "processed"}


def _line(each: Uploaded, ended: dict[str, Details], *, wait: bool) -> dict[str, Any]:
    found = ended.get(each.item.key)
    return {
        **each.to_json(),
        "became": _became(each, ended, wait=wait),
        "execution": found.arn if found else None,
        "record": found.result if found else None,
    }


def _show(done: Sequence[Uploaded], ended: dict[str, Details], *, wait: bool) -> None:
    console = screen()
    counts: dict[str, int] = {}
    for each in done:
        word = _became(each, ended, wait=wait)
        counts[word] = counts.get(word, 0) + 1
        if not _well(each, ended, wait=wait):
            console.print(plain(word, "red"), plain(each.item.key), plain(_why(each, ended)))
    said = ", ".join(f"{number:,} {word}" for word, number in sorted(counts.items()))
    console.print(f"{len(done):,} files: {said or 'nothing to upload'}")


def _why(each: Uploaded, ended: dict[str, Details]) -> str:
    found = ended.get(each.item.key)
    if found is None:
        return each.problem
    error = found.result.get("error") or {"code": found.error, "message": found.cause}
    return f"{error['code']}: {error['message']}"
