"""A file held to the field rules of its contract: what is in breach, and a profile of values."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from functions.core.contracts.fields import STRICT
from functions.core.errors import InvalidFile, RejectionCode, UnequalReadings, UnreadValues
from functions.core.values import delimited, documents
from functions.core.values.compiled import FIRST_ROWS, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from functions.core.contracts.fields import FieldRules
    from functions.core.counting.deadline import Deadline
    from functions.core.values.compiled import Compiled, Repeated
    from functions.core.values.relation import File, Relation

AT_ONCE: Final = 2_000_000
"""Rows whose values are compared with each other at once, where they have to be unique."""
MEMORY: Final = "320MB"
"""Of DuckDB; what does not fit is spilled into the scratch folder."""
THREADS: Final = 1
"""A function has one processor; and rows are numbered in order."""
UNREADABLE_PAGES: Final = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.NotImplementedException,
    duckdb.SerializationException,
)
"""What DuckDB's reader of Parquet raises of a page that is damaged, or coded as it cannot read."""
PROFILE: Final = ("nulls", "approx_distinct", "min", "max")
TOO_LONG: Final = (
    "a record is over 16 MB, and its values cannot be checked: write it as several records"
)
TOO_MUCH: Final = (
    "its values take more memory, or more room on the disk, than a check of values has: split the"
    " file, or take `unique` and keys out of its contract"
)
UNREADABLE: Final = (
    "a column's values cannot be read, though the file's structure can: write the file anew"
)
NAMED: Final = 20
"""How many rules a message names, and how many warnings there are at most."""
SECONDS_BETWEEN_LOOKS: Final = 0.5
"""How often the time is looked at while DuckDB works."""


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

    The profile has, by field: `nulls`, `approx_distinct`, and the `min` and `max` of numbers
    and dates.
    """

    breaches: tuple[Breach, ...]
    profile: dict[str, dict[str, Any]]

    def warnings(self) -> tuple[str, ...]:
        """What is tolerated, in words."""
        found = [f"field rule {each}" for each in self.breaches if not each.rejects]
        more = [f"{len(found) - NAMED} field rules more"] if len(found) > NAMED else []
        return (*found[:NAMED], *more)

    def found(self) -> list[dict[str, Any]]:
        """The breaches as a record has them."""
        return [each.to_json() for each in self.breaches]

    def profiled(self) -> list[dict[str, Any]]:
        """The profile as a record has it: a row for each field."""
        return [{"field": name, **figures} for name, figures in self.profile.items()]

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
        InvalidFile: a record is too long to be looked at, the values take too much time or room.
        UnreadValues, UnequalReadings: a fault of Tally's.
    """
    file.deadline.check_values()
    try:
        return _checked(file, rules)
    except duckdb.InterruptException:
        file.deadline.check_values()
        raise
    except duckdb.OutOfMemoryException:
        raise InvalidFile(RejectionCode.TOO_LARGE, TOO_MUCH) from None
    except UNREADABLE_PAGES as error:
        if file.counted.format == "parquet":
            raise InvalidFile(RejectionCode.MALFORMED_FILE, UNREADABLE) from None
        raise UnreadValues(type(error).__name__) from None
    except duckdb.Error as error:
        # Its text may quote the file, and goes into logs and histories.
        raise UnreadValues(type(error).__name__) from None


def _checked(file: File, rules: FieldRules) -> Checked:
    """The same.

    Raises:
        duckdb.Error, InvalidFile, UnequalReadings: see `check`.
    """
    with duckdb.connect(config=_config(file.scratch)) as connection, _timed(connection, file):
        connection.execute("SET TimeZone = 'UTC'")
        queries, (wrong, *measured) = _scanned(connection, file, rules)
        found = _found(connection, queries) if wrong else {}
        for rule, key in queries.repeated.items():
            repeats = _repeats(connection, key, -(-file.counted.records // AT_ONCE))
            if repeats[0]:
                found[rule] = _both(found.get(rule, (0, ())), repeats)
    profile = {
        name: dict(zip(PROFILE, (file.counted.records - there, *figures), strict=True))
        for name, (there, *figures) in zip(
            queries.profiled, _groups(measured, len(PROFILE)), strict=True
        )
    }
    return Checked(tuple(_breaches(found, rules, file.counted.records)), profile)


def _found(
    connection: duckdb.DuckDBPyConnection, queries: Compiled
) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Of rules that rows are in breach of: how many, and the first of them."""
    figures = _groups(_row(connection, queries.breaches), 2)
    return {
        rule: (number, tuple(rows))
        for rule, (number, rows) in zip(queries.rules, figures, strict=True)
        if number
    }


def _repeats(
    connection: duckdb.DuckDBPyConnection, key: Repeated, shares: int
) -> tuple[int, tuple[int, ...]]:
    """How many rows repeat a value of an earlier row, and the first of them."""
    connection.execute(key.hashes)
    connection.execute("CREATE OR REPLACE TEMP TABLE twice (h UBIGINT)")
    for share in range(shares):
        connection.execute(key.twice(share, shares))
    connection.execute("DROP TABLE hashes")
    found: tuple[int, tuple[int, ...]] = 0, ()
    if _row(connection, "SELECT count(*) FROM twice")[0]:
        for share in range(shares):
            rows, first = _row(connection, key.rows(share, shares))
            found = _both(found, (rows, tuple(first or ())))
    return found


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


@contextmanager
def _timed(connection: duckdb.DuckDBPyConnection, file: File) -> Iterator[None]:
    """Interrupt the connection's queries, again and again, once the deadline is over."""
    done = threading.Event()
    watch = threading.Thread(target=_interrupt_late, args=(connection, file.deadline, done))
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _interrupt_late(
    connection: duckdb.DuckDBPyConnection, deadline: Deadline, done: threading.Event
) -> None:
    while not done.wait(SECONDS_BETWEEN_LOOKS):
        if deadline.is_over:
            connection.interrupt()


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


def _groups(figures: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [figures[start : start + size] for start in range(0, len(figures), size)]


def _both(
    one: tuple[int, tuple[int, ...]], other: tuple[int, tuple[int, ...]]
) -> tuple[int, tuple[int, ...]]:
    """Rows of one rule that were found apart, as those of a primary key with a part missing."""
    return one[0] + other[0], tuple(sorted(one[1] + other[1])[:FIRST_ROWS])


def _breaches(
    found: dict[str, tuple[int, tuple[int, ...]]], rules: FieldRules, records: int
) -> list[Breach]:
    return [
        Breach(name, rows, first, rules.tolerances.get(name, STRICT).rejects(rows, records))
        for name, (rows, first) in found.items()
        if rows
    ]
