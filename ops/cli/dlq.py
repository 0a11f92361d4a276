"""`tally dlq`: what is in the dead-letter queue."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.table import Table

from ops.cli.options import AsJson, connect
from ops.cli.output import NAMED, moment, plain, print_json, screen
from ops.pipeline.dead_letters import look
from ops.pipeline.letters import Group, by_cause

app = typer.Typer(add_completion=False)


@app.command()
def dlq(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Show what is in the dead-letter queue, by cause.

    Exit codes: 0 done, whether there is anything or not; 2 bad usage; 3 no access.
    """
    groups = by_cause(look(connect(context)))
    if as_json:
        print_json([group.to_json() for group in groups])
    else:
        _show(groups)


def _show(groups: Sequence[Group]) -> None:
    table = Table("count", "kind", "cause", "oldest (UTC)", "about", box=None)
    for group in groups:
        names = [letter.about for letter in group.letters[:NAMED]]
        more = len(group.letters) - len(names)
        about = ", ".join(names) + (f" and {more:,} more" if more else "")
        cells = (plain(group.kind), plain(group.error), moment(group.oldest), plain(about))
        table.add_row(f"{len(group.letters):,}", *cells)
    screen().print(table if groups else "the dead-letter queue is empty")
