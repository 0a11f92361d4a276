"""`dlq`, `redrive` and `replay`: see what went wrong, and let it go on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli.options import (
    AsJson,
    Rate,
    Since,
    Timeout,
    connect,
    moment,
    plain,
    print_json,
    progress_screen,
    screen,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ops.pipeline.dead_letters import Group
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details
    from ops.pipeline.redrive import Impossible, Plan, Redriven
    from ops.pipeline.replay import Replayed

app = typer.Typer()

NAMED = 5
"""How many of a kind are named; --json names all."""


@app.command()
def dlq(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Show what is in the dead-letter queue, by cause. It exits with 0, empty or not."""
    from ops.pipeline.dead_letters import by_cause, look

    groups = by_cause(look(connect(context)))
    if as_json:
        print_json([group.to_json() for group in groups])
    else:
        _show_groups(groups)


def _show_groups(groups: Sequence[Group]) -> None:
    from rich.table import Table

    table = Table("count", "kind", "cause", "oldest (UTC)", "about", box=None)
    for group in groups:
        names = [letter.about for letter in group.letters[:NAMED]]
        more = len(group.letters) - len(names)
        about = ", ".join(names) + (f" and {more:,} more" if more else "")
        cells = (plain(group.kind), plain(group.error), moment(group.oldest), plain(about))
        table.add_row(f"{len(group.letters):,}", *cells)
    screen().print(table if groups else "the dead-letter queue is empty")


@app.command()
def redrive(
    context: typer.Context,
    executions: Annotated[
        list[str] | None,
        typer.Argument(help="Names or ARNs. Without any: those of the dead-letter queue."),
    ] = None,
    *,
    failed: Annotated[
        bool, typer.Option("--failed", help="All that failed, whether in the queue or not.")
    ] = False,
    error: Annotated[str | None, typer.Option(help="Only those with this error.")] = None,
    since: Since = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    rate: Rate = 50,
    timeout: Timeout = 3600,
    old_definition: Annotated[
        bool, typer.Option("--old-definition", help="Also where the state machine changed since.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let failed executions go on from the state that failed, and restate their days.

    Exit codes: 0 all succeeded; 1 one failed again, still runs or cannot be redriven (and is
    named, with what to do instead); 2 bad usage; 3 no access.
    """
    from ops.pipeline import redrive as redriving
    from ops.pipeline import times
    from ops.pipeline.errors import BAD_USAGE, OpsError
    from ops.pipeline.executions import execution_arn

    if executions and failed:
        raise OpsError("give executions or --failed, not both", BAD_USAGE)
    begin = times.since(since)
    deployment = connect(context)
    arns = [execution_arn(deployment, each) for each in executions or ()]
    made = redriving.plan(deployment, redriving.Wish(arns, failed, error, begin, old_definition))
    if dry_run:
        code = _only_say(deployment, made, as_json=as_json)
    else:
        code = _carry_out(deployment, made, rate, timeout, as_json=as_json)
    raise typer.Exit(code)


def _only_say(deployment: Deployment, made: Plan, *, as_json: bool) -> int:
    from ops.pipeline.dead_letters import release

    release(deployment, made.held)
    if as_json:
        print_json(
            {
                "would_redrive": [each.arn for each in made.targets],
                "running": [each.arn for each in made.running],
                "impossible": [each.to_json() for each in made.impossible],
            }
        )
    else:
        console = screen()
        console.print(f"would redrive {len(made.targets):,} executions")
        _show_failures(console, made.targets)
        _show_impossible(console, made.impossible)
    return 1 if made.impossible else 0


def _show_failures(console: Console, failed: Sequence[Details]) -> None:
    for each in failed:
        console.print("  ", plain(_name(each)), plain(each.error, "red"), plain(each.name, "dim"))


def _name(details: Details) -> str:
    return details.upload.key if details.upload else details.machine


def _carry_out(
    deployment: Deployment, made: Plan, rate: float, timeout: float, *, as_json: bool
) -> int:
    from rich.progress import MofNCompleteColumn, Progress

    from ops.pipeline import redrive as redriving

    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=progress_screen(), transient=True) as progress:
        task = progress.add_task("redriving", total=len(made.targets) + len(made.running))
        done = redriving.carry_out(
            deployment, made, rate, timeout, lambda _: progress.advance(task)
        )
    restated = _restated(deployment, done.dates, timeout)
    if as_json:
        print_json({**redriving.summary(done), "reports": restated})
    else:
        _show_redriven(done, restated)
    unwell = done.failed or done.unfinished or done.impossible
    return 1 if unwell or _any_not(restated) else 0


def _restated(deployment: Deployment, dates: Sequence[str], timeout: float) -> dict[str, str]:
    """Each day's report and how its execution ended."""
    from ops.pipeline.reports import restate

    found = restate(deployment, dates, timeout)
    return {date: each.status if each else "RUNNING" for date, each in found.items()}


def _any_not(restated: dict[str, str]) -> bool:
    return any(status != "SUCCEEDED" for status in restated.values())


def _show_redriven(done: Redriven, restated: dict[str, str]) -> None:
    console = screen()
    if not (done.succeeded or done.failed or done.unfinished or done.impossible):
        console.print("nothing to redrive")
        return
    console.print(f"redriven: {len(done.succeeded):,} succeeded, {len(done.failed):,} failed again")
    _show_failures(console, done.failed)
    if done.unfinished:
        console.print(f"still running: {len(done.unfinished):,}")
    _show_impossible(console, done.impossible)
    _show_restated(console, restated)


def _show_impossible(console: Console, impossible: Sequence[Impossible]) -> None:
    by_reason: dict[str, list[Impossible]] = defaultdict(list)
    for each in impossible:
        by_reason[each.reason].append(each)
    for reason, members in by_reason.items():
        console.print(f"not redriven ({len(members):,}):", plain(reason, "yellow"))
        for each in members[:NAMED]:
            console.print("  ", plain(each.what), "→", plain(each.instead))
        if len(members) > NAMED:
            console.print(f"   and {len(members) - NAMED:,} more (--json names all)")


def _show_restated(console: Console, restated: dict[str, str]) -> None:
    for date, status in restated.items():
        console.print(f"report of {date}: {'restated' if status == 'SUCCEEDED' else status}")


@app.command()
def replay(
    context: typer.Context,
    keys: Annotated[list[str] | None, typer.Argument(help="Keys of the raw bucket.")] = None,
    *,
    rejected: Annotated[
        bool,
        typer.Option("--rejected", help="All that the queue says was rejected or never began."),
    ] = False,
    rate: Rate = 50,
    timeout: Timeout = 3600,
    as_json: AsJson = False,
) -> None:
    """Process files anew, by new executions for their current versions, and restate their days.

    Exit codes: 0 all were processed; 1 one was rejected, failed, still runs or is not there;
    2 bad usage; 3 no access.
    """
    from ops.pipeline.errors import BAD_USAGE, OpsError
    from ops.pipeline.replay import replay as replayed

    if not keys and not rejected:
        raise OpsError("give keys, or --rejected", BAD_USAGE)
    deployment = connect(context)
    done = replayed(deployment, keys or (), rejected=rejected, rate=rate, timeout=timeout)
    restated = _restated(deployment, done.dates, timeout)
    if as_json:
        print_json({**done.to_json(), "reports": restated})
    else:
        _show_replayed(done, restated)
    processed = len(done.with_status("processed")) == len(done.ended)
    well = processed and not (done.missing or done.unfinished) and not _any_not(restated)
    raise typer.Exit(0 if well else 1)


def _show_replayed(done: Replayed, restated: dict[str, str]) -> None:
    from ops.pipeline.replay import became

    console = screen()
    for each in done.ended:
        error: Any = each.result.get("error") or {"code": each.error or ""}
        console.print(plain(became(each)), plain(_name(each)), plain(error["code"], "red"))
    for arn in done.unfinished:
        console.print("still running:", plain(arn.rpartition(":")[2]))
    for key in done.missing:
        console.print("not in the raw bucket:", plain(key, "red"))
    if not (done.ended or done.unfinished or done.missing):
        console.print("nothing to replay")
    _show_restated(console, restated)
