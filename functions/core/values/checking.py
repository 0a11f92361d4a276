"""A file held to the field rules of its contract: what is in breach, and a profile of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from functions.core.contracts.fields import STRICT
from functions.core.errors import InvalidFile, RejectionCode, UnequalReadings
from functions.core.values import delimited, documents
from functions.core.values.compiled import FIRST_ROWS, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from functions.core.contracts.fields import FieldRules
    from functions.core.values.compiled import Compiled
    from functions.core.values.relation import File, Relation

MEMORY: Final = "384MB"
"""Of DuckDB; what does not fit is spilled into the scratch folder."""
THREADS: Final = 1
"""A function has one processor; and rows are numbered in order."""
PROFILE: Final = ("nulls", "distinct", "min", "max")
TOO_LONG: Final = (
    "a record is over 16 MB, and its values cannot be checked: write it as several records"
)
NAMED: Final = 20
"""How many rules a message names; the record has all."""


@dataclass(frozen=True)
class Breach:
    """A rule, how many rows are in breach of it, and the numbers of the first ten."""

    rule: str
    rows: int
    first: tuple[int, ...]
    rejects: bool

    def to_json(self) -> dict[str, Any]:
        """As a record has it."""
        return {"rule": self.rule, "rows": self.rows, "first_rows": list(self.first)}

    def __str__(self) -> str:
        """As a message has it, never with a value of the file."""
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        more = ", ..." if self.rows > len(self.first) else ""
        return f"{self.rule}: {rows} ({', '.join(map(str, self.first))}{more})"


@dataclass(frozen=True)
class Checked:
    """What was found.

    The profile has, by field: `nulls`, `distinct` (approximate), and the `min` and `max` of numbers
    and dates.
    """

    breaches: tuple[Breach, ...]
    profile: dict[str, dict[str, Any]]

    def warnings(self) -> tuple[str, ...]:
        """What is tolerated, in words."""
        return tuple(f"field rule {each}" for each in self.breaches if not each.rejects)

    def refuse(self, contract: str) -> None:
        """Reject a file that is in breach of a rule beyond what the rule tolerates.

        Raises:
            InvalidFile: CONTRACT_VIOLATION, with the rules and the rows.
        """
        found = [each for each in self.breaches if each.rejects]
        if not found:
            return
        more = f"; and {len(found) - NAMED} rules more" if len(found) > NAMED else ""
        text = "; ".join(map(str, found[:NAMED])) + more
        message = f"contract {contract}: rows in breach (numbered as records, from 1): {text}"
        error = InvalidFile(RejectionCode.CONTRACT_VIOLATION, message)
        error.breaches = [each.to_json() for each in found]
        raise error


def check(file: File, rules: FieldRules) -> Checked:
    """Hold a counted file to field rules.

    Raises:
        InvalidFile: a record is too long to be looked at.
        duckdb.Error, UnequalReadings: a fault of Tally's.
    """
    with duckdb.connect(config=_config(file.scratch)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        queries, figures = _scanned(connection, file, rules)
        found = {
            rule: (figures[2 * place], tuple(figures[2 * place + 1] or ()))
            for place, rule in enumerate(queries.rules)
        }
        for rule, (quick, exact) in queries.repeated.items():
            if _row(connection, quick)[0]:
                rows, first = _row(connection, exact)
                found[rule] = _both(found.get(rule, (0, ())), (rows, tuple(first or ())))
    measured = figures[2 * len(queries.rules) :]
    profile = {
        name: dict(zip(PROFILE, measured[len(PROFILE) * place :], strict=False))
        for place, name in enumerate(queries.profiled)
    }
    return Checked(tuple(_breaches(found, rules, file.counted.records)), profile)


def _scanned(
    connection: duckdb.DuckDBPyConnection, file: File, rules: FieldRules
) -> tuple[Compiled, tuple[Any, ...]]:
    """The queries of the first relation that has the rows that were counted, and the scan's answer.

    Raises:
        InvalidFile, UnequalReadings, duckdb.Error: see `check`.
    """
    stumbled: duckdb.Error | None = None
    for relation in _relations(connection, file, rules):
        queries = compiled(rules, relation)
        try:
            rows, *figures = _row(connection, queries.scan)
        except duckdb.InvalidInputException as error:
            stumbled = error
            continue
        if rows == file.counted.records:
            return queries, tuple(figures)
    if stumbled is not None and file.counted.format in ("json", "jsonl"):
        raise InvalidFile(RejectionCode.TOO_LARGE, TOO_LONG) from stumbled
    raise stumbled or UnequalReadings(f"{file.counted.records:,} records were counted, not read")


def _relations(
    connection: duckdb.DuckDBPyConnection, file: File, rules: FieldRules
) -> Iterator[Relation]:
    if file.counted.format in ("csv", "tsv"):
        return delimited.relations(file)
    if file.counted.format == "parquet":
        return documents.parquet_relations(
            file, lambda query: connection.execute(f"DESCRIBE {query}").fetchall()
        )
    return documents.json_relations(file, tuple(each.name for each in rules.fields))


def _config(scratch: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = connection.execute(query).fetchall()[0]
    return found


def _both(
    one: tuple[int, tuple[int, ...]], other: tuple[int, tuple[int, ...]]
) -> tuple[int, tuple[int, ...]]:
    """A primary key's rows: those with a part missing, and those that repeat one."""
    return one[0] + other[0], tuple(sorted(one[1] + other[1])[:FIRST_ROWS])


def _breaches(
    found: dict[str, tuple[int, tuple[int, ...]]], rules: FieldRules, records: int
) -> list[Breach]:
    return [
        Breach(name, rows, first, rules.tolerances.get(name, STRICT).rejects(rows, records))
        for name, (rows, first) in found.items()
        if rows
    ]
