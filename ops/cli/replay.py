"""`tally replay`: new executions for object versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console

from ops.cli.options import AsJson, Rate, Rebuild, Timeout, connect
from ops.cli.output import name_of, plain, print_json, progress, screen, show_restated
from ops.pipeline.deployment import Deployment
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.executions import became
from ops.pipeline.object_versions import version_named, versions_of
from ops.pipeline.replay import Replayed, carry_out
from ops.pipeline.replay_plan import ReplayRequest, plan
from ops.pipeline.shell import command

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="Keys of the raw bucket: the versions of each that need it."),
    ] = None,
    *,
    version: Annotated[
        str | None,
        typer.Option(help="This version of the key (or how its id begins), counted before or not."),
    ] = None,
    all_versions: Annotated[
        bool, typer.Option("--all-versions", help="Every version of the keys.")
    ] = False,
    rejected: Annotated[
        bool,
        typer.Option("--rejected", help="All that the queue says was rejected or never began."),
    ] = False,
    rate: Rate = 50,
    timeout: Timeout = 3600,
    rebuild: Rebuild = False,
    as_json: AsJson = False,
) -> None:
    """Process object versions again, in new executions, and restate their days.

    A version needs it if it has no processed record, whatever the reason.

    Exit codes: 0 all are processed; 1 one was rejected, failed, still runs or is not there;
    2 bad usage; 3 no access.
    """
    request = _request(keys or [], version, all_versions=all_versions, rejected=rejected)
    deployment = connect(context)
    made = plan(deployment, _in_full(deployment, request))
    with progress(transient=True) as bar:
        task = bar.add_task("replaying", total=len(made.targets))
        done = carry_out(
            deployment,
            made,
            rate=rate,
            timeout=timeout,
            running_day=rebuild,
            on_ended=lambda _: bar.advance(task),
        )
    if as_json:
        print_json(done.to_json())
    else:
        _show(done)
    raise typer.Exit(0 if done.complete else 1)


def _request(
    keys: list[str], version: str | None, *, all_versions: bool, rejected: bool
) -> ReplayRequest:
    if not keys and not rejected:
        raise OpsError("give keys, or --rejected", BAD_USAGE)
    if version is None:
        return ReplayRequest(keys, all_versions=all_versions, queued=rejected)
    if len(keys) != 1 or all_versions or rejected:
        raise OpsError(
            "--version is a version of one key: give that key and nothing else", BAD_USAGE
        )
    return ReplayRequest(versions=[(keys[0], version)])


def _in_full(deployment: Deployment, request: ReplayRequest) -> ReplayRequest:
    """The request with the whole id of a version of which the beginning was given."""
    named = [
        (
            key,
            found.version_id
            if (found := version_named(versions_of(deployment, key), id_))
            else id_,
        )
        for key, id_ in request.versions
    ]
    return replace(request, versions=named)


def _show(done: Replayed) -> None:
    console = screen()
    for each in done.ended:
        error: Any = each.result.get("error") or {"code": each.error or ""}
        version = f"version {each.upload.version_id} of {each.upload.date}" if each.upload else ""
        console.print(
            plain(became(each)),
            plain(name_of(each)),
            plain(version, "dim"),
            plain(error["code"], "red"),
        )
    for arn in done.unfinished:
        console.print("still running:", plain(arn.rpartition(":")[2]))
    _show_untouched(console, done)
    for trace in done.assumed:
        text = f"no trace says the day of {trace.upload.key}: {trace.upload.date} is assumed"
        console.print(plain(f"{text}, when S3 stored it"))
    show_restated(console, done.reports)


def _show_untouched(console: Console, done: Replayed) -> None:
    for trace in done.running:
        console.print("left alone, for it runs:", plain(trace.upload.key))
    for key, version in done.missing:
        named = f"{key} (version {version})" if version else key
        console.print("not in the raw bucket:", plain(named, "red"))
    for letter in done.nameless:
        instead = command("dlq", "--acknowledge", "REASON", names=(letter.id,))
        text = f"{letter.error} names no object version, so there is nothing to replay: {instead}"
        console.print(plain(text), soft_wrap=True)
    if done.counted:
        again = command("replay", "--all-versions", names=(done.counted[0].upload.key,))
        console.print(f"processed before, and left alone: {len(done.counted):,} (again: ", end="")
        console.print(plain(f"{again})"), soft_wrap=True)
    elif not (done.ended or done.unfinished or done.missing or done.running or done.nameless):
        console.print("nothing to replay")
