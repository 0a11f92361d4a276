"""`tally executions`: the list."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Final

import typer

from ops.cli.options import AsJson, Since, connect
from ops.cli.output import duration, moment, plain, print_json, screen, table
from ops.pipeline import times
from ops.pipeline.deployment import Deployment
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.executions import STATUSES, Details, Execution, became
from ops.pipeline.executions import executions as list_executions
from ops.pipeline.waiting import described_all

app = typer.Typer(add_completion=False)

ASKED: Final = 100
"""So many are described at once in a search."""
STYLES: Final = {"SUCCEEDED": "green", "RUNNING": "cyan"}
BAD: Final = "bold red"


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
    key: Annotated[
        str | None, typer.Option(help="Only of files whose key has this text, in any case.")
    ] = None,
    error: Annotated[
        str | None, typer.Option(help="Only with this error, or rejected with this code.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 50,
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Without files and errors: one request for a thousand."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List executions, newest first, with their files and what went wrong.

    Exit codes: 0 done; 2 bad usage; 3 no access.
    """
    if brief and (key or error):
        raise OpsError("--key and --error need what --brief leaves out", BAD_USAGE)
    begin, wanted = times.since(since), _known_status(status)
    deployment = connect(context)
    names = [_known_machine(machine, deployment.machines)] if machine else deployment.machines
    listed = heapq.merge(
        *(list_executions(deployment, name, wanted, begin) for name in names),
        key=lambda each: each.started,
        reverse=True,
    )
    if key or error:
        more = _searched(deployment, listed, (key or "").lower(), error, limit)
        found: list[Execution] = [each for each in more.values() if each is not None]
    else:
        found = list(islice(listed, limit or None))
        more = {} if brief else described_all(deployment, [each.arn for each in found])
    if as_json:
        print_json([each.to_json() | _about(more.get(each.arn)) for each in found])
    else:
        _show(found, more)
        if len(found) == limit:
            screen().print(f"the newest {limit:,}; --limit 0 lists all", style="dim")


def _searched(
    deployment: Deployment,
    listed: Iterable[Execution],
    key: str,
    error: str | None,
    limit: int,
) -> dict[str, Details | None]:
    """The newest that are looked for. Step Functions keeps no index: each is asked for."""
    found: dict[str, Details | None] = {}
    left = iter(listed)
    while some := list(islice(left, ASKED)):
        for details in described_all(deployment, [each.arn for each in some]).values():
            about = _about(details)
            matches = key in (about.get("key") or "").lower() and error in {
                None,
                about.get("error"),
            }
            if details is not None and matches:
                found[details.arn] = details
                if len(found) == limit:
                    return found
    return found


def _about(details: Details | None) -> dict[str, str | None]:
    """The file of an execution, and what went wrong with it: an error, or a rejection."""
    if details is None:
        return {}
    rejected = became(details) == "rejected"
    return {
        "key": details.upload.key if details.upload else None,
        "version_id": details.upload.version_id if details.upload else None,
        "error": details.result["error"]["code"] if rejected else details.error,
    }


def _show(found: list[Execution], more: dict[str, Details | None]) -> None:
    columns = ("started (UTC)", "machine", "status", "took", "redrives")
    shown = table(*columns, *(("file", "error") if more else ()), "execution")
    for each in found:
        about = _about(more.get(each.arn))
        shown.add_row(
            moment(each.started),
            plain(each.machine),
            plain(each.status, STYLES.get(each.status, BAD)),
            duration(each.seconds),
            str(each.redrives or ""),
            *((plain(about.get("key")), plain(about.get("error"), "red")) if more else ()),
            plain(each.name),
        )
    screen().print(shown if found else "no executions")


def _known_status(given: str | None) -> str | None:
    if given is None:
        return None
    if given.upper() not in STATUSES:
        raise OpsError(f"a status is one of {', '.join(STATUSES)}, not {given!r}", BAD_USAGE)
    return given.upper()


def _known_machine(given: str, machines: dict[str, str]) -> str:
    name = given.replace("-", "_")
    if name not in machines:
        raise OpsError(f"a machine is one of {', '.join(machines)}, not {given!r}", BAD_USAGE)
    return name
