"""Options that commands share, and the deployment that they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from ops.pipeline.deployment import Deployment, find

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Paths = Annotated[list[Path], typer.Argument(help="Files, or folders with all in them.")]
Date = Annotated[
    str | None, typer.Option(help="A UTC day: YYYY-MM-DD, today or yesterday.", metavar="DATE")
]
Since = Annotated[
    str | None, typer.Option(help="Not before: an age (30m, 6h, 2d) or ISO 8601.", metavar="T")
]
Rate = Annotated[float, typer.Option(help="At most so many a second.", min=0.1, max=1000)]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the executions.", min=0)]
Rebuild = Annotated[
    bool,
    typer.Option("--rebuild", help="Write the report of a day that is not over, too."),
]
CLONE: Final = Path(__file__).resolve().parents[2]
PROJECT: Final = CLONE if (CLONE / "cdk.json").is_file() else Path()
"""The clone that this is part of; of an installed tool, the folder where it is called."""
CdkProject = Annotated[
    Path, typer.Option(help="The clone of Tally, with cdk.json.", show_default=False)
]
Port = Annotated[int, typer.Option(help="0 takes any free port.", min=0, max=65535)]

ContentType = Annotated[
    str | None, typer.Option(help="What the files are, such as text/csv; charset=cp1252.")
]
Encoding = Annotated[
    str | None, typer.Option(help="The files' encoding, by the name that browsers know.")
]
Delimiter = Annotated[
    str | None, typer.Option(help="What is between the fields of a table: a character, or tab.")
]
NoHeader = Annotated[
    bool, typer.Option("--no-header", help="The first row of a table is a record.")
]
Format = Annotated[
    str | None, typer.Option(help="Of files whose name does not tell: csv, tsv, json, jsonl, txt.")
]


def connect(context: typer.Context) -> Deployment:
    """The deployment that the options before the command name.

    Raises:
        NoAccessError: it cannot be looked at from here.
    """
    return find(**context.find_root().obj)
