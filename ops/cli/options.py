"""What all commands share: their options, the deployment that they are about, and their output."""

from __future__ import annotations

import json
import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from ops.pipeline.deployment import Deployment

PIPED_WIDTH: Final = 180
FEW: Final = 10
MANY: Final = 100
"""From how many on a unit is too fine."""

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


def connect(context: typer.Context) -> Deployment:
    """The deployment that the options before the command name.

    Raises:
        NoAccessError: it cannot be looked at from here.
    """
    from ops.pipeline.deployment import find

    return find(**context.find_root().obj)


def print_json(document: Any) -> None:
    """One JSON document, for programs."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def screen() -> Console:
    """Standard output; wide enough for keys where nobody says how wide it is."""
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)


def progress_screen() -> Console:
    """Standard error, for what is only of interest while it goes on."""
    return Console(stderr=True)


def plain(text: str | None, style: str = "") -> Text:
    """Text from outside: no markup in it is obeyed, and no control character reaches a terminal."""
    shown = (each if each.isprintable() else ascii(each)[1:-1] for each in text or "")
    return Text("".join(shown), style=style)


def moment(time: datetime | None) -> str:
    """A time to the second, in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if time else ""


def duration(seconds: float | None) -> str:
    """As people say it: 0.12 s, 4 min 10 s, 2 h 5 min."""
    if seconds is None:
        return ""
    if seconds < MANY:
        return f"{seconds:.2f} s" if seconds < FEW else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < MANY else f"{minutes // 60} h {minutes % 60} min"
