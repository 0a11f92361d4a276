"""`tally dlq`: what is in the dead-letter queue, and what may leave it as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from ops.cli.options import AsJson, connect
from ops.cli.output import NAMED, moment, plain, print_json, screen, table
from ops.pipeline.acknowledging import Acknowledged, AcknowledgeRequest, acknowledge
from ops.pipeline.dead_letters import look
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.letters import Group, by_cause

app = typer.Typer(add_completion=False)


@app.command()
def dlq(
    context: typer.Context,
    letters: Annotated[
        list[str] | None,
        typer.Argument(help="With --acknowledge: ids of messages, or how they begin (--json)."),
    ] = None,
    *,
    reason: Annotated[
        str | None,
        typer.Option(
            "--acknowledge",
            metavar="REASON",
            help="Let messages leave the queue; the report of the day says why.",
        ),
    ] = None,
    cause: Annotated[
        str | None, typer.Option(help="With --acknowledge: all messages of this cause.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is in the dead-letter queue, by cause.

    Exit codes: 0 done, whether there is anything or not; 1 a message to acknowledge is not there;
    2 bad usage; 3 no access.
    """
    if reason is not None:
        request = AcknowledgeRequest(reason, letters or (), cause)
        done = acknowledge(connect(context), request)
        print_json(done.to_json()) if as_json else _show_acknowledged(done)
        raise typer.Exit(1 if done.missing else 0)
    if letters or cause is not None:
        raise OpsError("messages and --cause go with --acknowledge REASON", BAD_USAGE)
    groups = by_cause(look(connect(context)))
    if as_json:
        print_json([group.to_json() for group in groups])
    else:
        _show(groups)


def _show_acknowledged(done: Acknowledged) -> None:
    console = screen()
    console.print(
        f"acknowledged: {len(done.letters):,} messages; the report of {done.date} says why"
    )
    for each in done.missing:
        console.print("not in the queue:", plain(each, "red"))


def _show(groups: Sequence[Group]) -> None:
    shown = table("count", "kind", "cause", "oldest (UTC)", "about")
    for group in groups:
        names = [letter.about for letter in group.letters[:NAMED]]
        more = len(group.letters) - len(names)
        about = ", ".join(names) + (f" and {more:,} more" if more else "")
        cells = (plain(group.kind), plain(group.error), moment(group.oldest), plain(about))
        shown.add_row(f"{len(group.letters):,}", *cells)
    screen().print(shown if groups else "the dead-letter queue is empty")
