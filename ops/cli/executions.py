"""`status`, `executions` and `show`: look, and change nothing. They exit with 0."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ops.cli.options import (
    AsJson,
    Date,
    Since,
    connect,
    duration,
    moment,
    plain,
    print_json,
    screen,
)

if TYPE_CHECKING:
    from ops.pipeline.executions import Details, Execution
    from ops.pipeline.status import Overview

app = typer.Typer()

STYLES: Final = {"SUCCEEDED": "green", "RUNNING": "cyan"}
BAD: Final = "bold red"


@app.command()
def status(context: typer.Context, *, date: Date = None, as_json: AsJson = False) -> None:
    """Say how a day stands: its equation, what runs, the queue's depth, the last report."""
    from ops.pipeline import times
    from ops.pipeline.status import overview

    wanted = times.day(date)
    found = overview(connect(context), wanted)
    if as_json:
        print_json(found.to_json())
    else:
        _show_overview(found)


def _show_overview(found: Overview) -> None:
    console, day = screen(), found.day
    console.print(f"[bold]{found.deployment}[/] in {found.region}, {day.date} (UTC)")
    console.print(
        f"[bold]{day.received:,}[/] received = {day.processed:,} processed"
        f" + {day.rejected:,} rejected + {len(day.failed):,} failed"
        f" + {len(day.in_flight):,} in flight ({day.duplicates:,} duplicates ignored)"
    )
    console.print(f"running executions: {len(found.running):,}")
    console.print(f"dead-letter queue: {found.queue_depth:,} messages")
    report = found.last_report
    if report is None:
        console.print("last report: none yet")
    else:
        totals = report["totals"]
        console.print(
            f"last report: {report['date']}, {totals['received']:,} received,"
            f" {totals['failed']:,} failed, {totals['records']:,} records"
            f" (written {report['generated_at']})"
        )
    for each in day.failed:
        key = each.upload.key if each.upload else each.name
        console.print("failed:", plain(key), plain(each.error, BAD), plain(each.name, "dim"))


@app.command()
def executions(
    context: typer.Context,
    *,
    status: Annotated[
        str | None, typer.Option(help="RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.")
    ] = None,
    since: Since = None,
    machine: Annotated[
        str | None, typer.Option(help="process_file or daily_report; both if not given.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 50,
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Not of which file, nor why: one request for a thousand."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List executions, newest first, with their files and what went wrong."""
    from ops.pipeline import times
    from ops.pipeline.executions import executions as listed
    from ops.pipeline.waiting import described_all

    begin, wanted = times.since(since), _known_status(status)
    deployment = connect(context)
    names = [_known_machine(machine, deployment.machines)] if machine else deployment.machines
    found = [
        each
        for name in names
        for each in islice(listed(deployment, name, wanted, begin), limit or None)
    ]
    found.sort(key=lambda each: each.started, reverse=True)
    found = found[: limit or None]
    more = {} if brief else described_all(deployment, [each.arn for each in found])
    if as_json:
        print_json([each.to_json() | _about(more.get(each.arn)) for each in found])
    else:
        _show_executions(found, more)
        if len(found) == limit:
            screen().print(f"the newest {limit:,}; --limit 0 lists all", style="dim")


def _about(details: Details | None) -> dict[str, str | None]:
    """Of which file an execution is, and what went wrong with it: an error, or a rejection."""
    from ops.pipeline.replay import became

    if details is None:
        return {}
    rejected = became(details) == "rejected"
    return {
        "key": details.upload.key if details.upload else None,
        "error": details.result["error"]["code"] if rejected else details.error,
    }


def _show_executions(found: list[Execution], more: dict[str, Details | None]) -> None:
    from rich.table import Table

    columns = ("started (UTC)", "machine", "status", "took", "redrives")
    table = Table(*columns, *(("file", "error") if more else ()), "execution", box=None)
    for each in found:
        about = _about(more.get(each.arn))
        table.add_row(
            moment(each.started),
            plain(each.machine),
            plain(each.status, STYLES.get(each.status, BAD)),
            duration(each.seconds),
            str(each.redrives or ""),
            *((plain(about.get("key")), plain(about.get("error"), "red")) if more else ()),
            plain(each.name),
        )
    screen().print(table if found else "no executions")


def _known_status(given: str | None) -> str | None:
    from ops.pipeline.errors import BAD_USAGE, OpsError
    from ops.pipeline.executions import STATUSES

    if given is None:
        return None
    if given.upper() not in STATUSES:
        raise OpsError(f"a status is one of {', '.join(STATUSES)}, not {given!r}", BAD_USAGE)
    return given.upper()


def _known_machine(given: str, machines: dict[str, str]) -> str:
    from ops.pipeline.errors import BAD_USAGE, OpsError

    name = given.replace("-", "_")
    if name not in machines:
        raise OpsError(f"a machine is one of {', '.join(machines)}, not {given!r}", BAD_USAGE)
    return name


@app.command()
def show(
    context: typer.Context,
    execution: Annotated[str, typer.Argument(help="Its name, or its ARN.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show an execution as its graph: each state's time, tries and error."""
    from ops.cli.graph_text import document, drawn
    from ops.pipeline.execution_graph import see
    from ops.pipeline.executions import described, execution_arn

    deployment = connect(context)
    details = described(deployment, execution_arn(deployment, execution))
    graph, happened = see(deployment, details.arn)
    if as_json:
        found: dict[str, Any] = document(details, graph, happened)
        print_json(found)
    else:
        screen().print(drawn(details, graph, happened))
