"""`tally audit`: object versions against records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from ops.cli.options import AsJson, connect
from ops.cli.output import counted, plain, print_json, screen
from ops.pipeline import times
from ops.pipeline.audit import Audit
from ops.pipeline.audit import audit as audit_day

app = typer.Typer(add_completion=False)


@app.command()
def audit(
    context: typer.Context,
    date: Annotated[str, typer.Argument(help="YYYY-MM-DD, today or yesterday.", metavar="DATE")],
    *,
    as_json: AsJson = False,
) -> None:
    """Compare the raw bucket's object versions with the records of a day.

    Exit codes: 0 each has the other; 1 something is missing or extra; 2 bad usage; 3 no access.
    """
    begun = datetime.now(UTC)
    found = audit_day(connect(context), times.day(date))
    if as_json:
        print_json(found.to_json())
    else:
        _show(found)
        screen().print(counted(begun))
    raise typer.Exit(0 if found.clean else 1)


def _show(found: Audit) -> None:
    console = screen()
    console.print(f"{found.date}: {found.versions:,} object versions, {found.records:,} records")
    for each in found.missing:
        named = plain(f"{each.key} (version {each.version_id})")
        why = f"{each.why}, and its day is assumed" if each.assumed else each.why
        console.print(
            "no record:", named, plain(why, "red"), "→", plain(each.instead), soft_wrap=True
        )
    for stem in found.extra:
        console.print("no object version:", plain(stem))
    if found.clean:
        console.print("nothing is missing, nothing is extra")
