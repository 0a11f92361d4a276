"""`tally redrive`: let what failed go on from where it failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from ops.cli.options import AsJson, Rate, Rebuild, Since, Timeout, connect
from ops.cli.output import NAMED, name_of, plain, print_json, progress, screen, show_restated
from ops.pipeline import times
from ops.pipeline.deployment import Deployment
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.executions import Details, execution_arn
from ops.pipeline.redrive import Redriven, carry_out
from ops.pipeline.redrive_plan import Impossible, RedrivePlan, RedriveRequest, plan, release

app = typer.Typer(add_completion=False)


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
    rebuild: Rebuild = False,
    as_json: AsJson = False,
) -> None:
    """Resume failed executions where they failed, and restate their days.

    Exit codes: 0 all succeeded; 1 one failed again, still runs or cannot be redriven (and is
    named, with what to do instead); 2 bad usage; 3 no access.
    """
    if executions and failed:
        raise OpsError("give executions or --failed, not both", BAD_USAGE)
    begin = times.since(since)
    deployment = connect(context)
    arns = [execution_arn(deployment, each) for each in executions or ()]
    made = plan(deployment, RedriveRequest(arns, failed, error, begin, old_definition))
    if dry_run:
        release(deployment, made)
        _show_plan(made, as_json=as_json)
        raise typer.Exit(1 if made.impossible else 0)
    done = _carry_out(deployment, made, rate, timeout, rebuild)
    if as_json:
        print_json(done.to_json())
    else:
        _show(done)
    raise typer.Exit(0 if done.complete else 1)


def _carry_out(
    deployment: Deployment,
    made: RedrivePlan,
    rate: float,
    timeout: float,
    rebuild: bool,  # noqa: FBT001 - as the option
) -> Redriven:
    with progress(transient=True) as bar:
        task = bar.add_task("redriving", total=made.followed)
        return carry_out(
            deployment,
            made,
            rate=rate,
            timeout=timeout,
            running_day=rebuild,
            on_ended=lambda _: bar.advance(task),
        )


def _show_plan(made: RedrivePlan, *, as_json: bool) -> None:
    if as_json:
        document = {
            "would_redrive": [each.arn for each in made.targets],
            "until": made.until.isoformat() if made.until else None,
            "running": [each.arn for each in made.running],
            "succeeded": [each.arn for each in made.succeeded],
            "impossible": [each.to_json() for each in made.impossible],
        }
        print_json(document)
        return
    console = screen()
    console.print(f"would redrive {len(made.targets):,} executions")
    _show_failures(console, made.targets)
    if made.until:
        console.print(f"the first of them can be redriven until {made.until:%Y-%m-%d %H:%M} UTC")
    _show_impossible(console, made.impossible)


def _show_failures(console: Console, failed: Sequence[Details]) -> None:
    for each in failed:
        console.print("  ", plain(name_of(each)), plain(each.error, "red"), plain(each.name, "dim"))


def _show(done: Redriven) -> None:
    console = screen()
    if not (done.succeeded or done.failed or done.unfinished or done.impossible):
        console.print("nothing to redrive")
        return
    console.print(f"redriven: {len(done.succeeded):,} succeeded, {len(done.failed):,} failed again")
    _show_failures(console, done.failed)
    if done.unfinished:
        console.print(f"still running: {len(done.unfinished):,}")
    _show_impossible(console, done.impossible)
    show_restated(console, done.reports)


def _show_impossible(console: Console, impossible: Sequence[Impossible]) -> None:
    by_reason: dict[str, list[Impossible]] = defaultdict(list)
    for each in impossible:
        by_reason[each.reason].append(each)
    for reason, members in by_reason.items():
        console.print(f"not redriven ({len(members):,}):", plain(reason, "yellow"))
        for each in members[:NAMED]:
            console.print("  ", plain(each.what), "→", plain(each.instead), soft_wrap=True)
        if len(members) > NAMED:
            console.print(f"   and {len(members) - NAMED:,} more (--json names all)")
