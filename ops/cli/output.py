"""How commands print: JSON for programs; text, times and progress for people."""

from __future__ import annotations

import codecs
import csv
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table
from rich.text import Text

from ops.pipeline.plain_text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ops.pipeline.executions import Details
    from ops.pipeline.reports import Restated

PIPED_WIDTH: Final = 180
FEW: Final = 10
MANY: Final = 100
"""From how many on a unit is too fine."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""
MINUTE: Final = 60
FIELDS: Final = 20
"""How many fields of a profile a line tells."""
NAMED: Final = 5
"""How many of a kind are named; --json names all."""


def print_json(document: Any) -> None:
    """One JSON document, for programs; in ASCII where the output's encoding is not UTF-8."""
    unicode = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    print(json.dumps(document, ensure_ascii=not unicode, indent=2))


def print_csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Rows for spreadsheets; no cell can be taken for a formula (OWASP, "CSV Injection")."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def table(*columns: str) -> Table:
    """A table that folds what is too long for it: a name that is cut cannot be copied."""
    found = Table(box=None)
    for column in columns:
        found.add_column(column, overflow="fold")
    return found


def screen() -> Console:
    """Standard output; wide enough for keys where nobody says how wide it is."""
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)


def progress_screen() -> Console:
    """Standard error, for what is only of interest while it goes on."""
    return Console(stderr=True)


def progress(*, transient: bool = False, disable: bool = False) -> Progress:
    """A bar on standard error with how many of how many are done."""
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    return Progress(*columns, console=progress_screen(), transient=transient, disable=disable)


def plain(text: str | None, style: str = "") -> Text:
    """Text from outside: no markup in it is obeyed, and no control character reaches a terminal."""
    return Text(escaped(text or ""), style=style)


def moment(time: datetime | None) -> str:
    """A time to the second, in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if time else ""


def counted(begun: datetime) -> Text:
    """How old numbers are whose counting began then; of over a minute, that they are old."""
    age = max((datetime.now(UTC) - begun).total_seconds(), 0.0)
    said = f"counted {duration(round(age))} ago" if age >= 1 else "counted just now"
    return Text(f"{said}: these are old numbers", "yellow") if age > MINUTE else Text(said, "dim")


def duration(seconds: float | None) -> str:
    """As people say it: 0.12 s, 4 min 10 s, 2 h 5 min."""
    if seconds is None:
        return ""
    if seconds < MANY:
        return f"{seconds:.2f} s" if seconds < FEW else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < MANY else f"{minutes // 60} h {minutes % 60} min"


def reading_of(record: Mapping[str, Any]) -> str:
    """How a file was read, in one line: a wrong guess is seen before it hurts."""
    found = [f"{record['records']:,} records"] if record.get("records") is not None else []
    names = ("format", "compression", "encoding")
    found += [str(record[name]) for name in names if record.get(name)]
    if record.get("delimiter"):
        found.append(f"delimiter {record['delimiter']!r}")
    columns = record.get("columns")
    if columns:
        more = ", …" if len(columns) > NAMED else ""
        total = record.get("columns_total") or len(columns)
        named = "column" if total == 1 else "columns"
        found.append(f"{total:,} {named}: {', '.join(map(str, columns[:NAMED]))}{more}")
    if record.get("ragged_rows"):
        found.append(f"{record['ragged_rows']:,} rows of another width")
    return "; ".join([*found, *map(str, record.get("warnings") or ())])


def breach_text(breach: Mapping[str, Any]) -> str:
    """A field rule, how many rows are in breach of it, and the first of them."""
    rows, first = breach["rows"], ", ".join(map(str, breach["first_rows"]))
    more = ", ..." if rows > len(breach["first_rows"]) else ""
    return f"{breach['rule']}: {rows:,} {'row' if rows == 1 else 'rows'} ({first}{more})"


def profile_text(profile: Sequence[Mapping[str, Any]]) -> str:
    """What is known of the values of each field, as far as a line has room for."""
    more = f"; {len(profile) - FIELDS} fields more (--json)" if len(profile) > FIELDS else ""
    return "; ".join(map(_field_text, profile[:FIELDS])) + more


def _field_text(field: Mapping[str, Any]) -> str:
    ends = "" if field["min"] is None else f", {field['min']} to {field['max']}"
    distinct = f"about {field['approx_distinct']:,} different"
    return f"{field['field']} {field['nulls']:,} missing, {distinct}{ends}"


def name_of(details: Details) -> str:
    """What a person knows an execution by: its file, or its state machine."""
    return details.upload.key if details.upload else details.machine


def show_restated(console: Console, restated: Restated) -> None:
    """Say of each day whether its report was written again."""
    for date, details in restated.written.items():
        status = details.status if details else "RUNNING"
        console.print(f"report of {date}: {'restated' if status == 'SUCCEEDED' else status}")
    for date in restated.left:
        console.print(f"report of {date}: left to its night (--rebuild writes it now)")
