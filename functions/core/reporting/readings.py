"""How the files of a day were read: values that merge in any order, of bounded size.

A wrong guess of a delimiter, an encoding or a header shows in a day's report, where files of one
sender that are not read alike stand below each other. Sizes are bounded by bytes of JSON and not
by a number of rows: few have long names, and so more rows fit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from functions.core.reporting.prefix_amounts import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOM: Final = 16 * 1024
DOUBTFUL_ROOM: Final = 10 * 1024
"""Bytes of JSON that a summary's readings and its doubtful files may take."""
NUMBER_BYTES: Final = 16
OTHER: Final = "(other readings)"
NAMED: Final = 100
"""So many doubtful files are named, if they fit."""


@dataclass(frozen=True)
class Reading:
    """One way in which files of a prefix were read; None is what a format does not have.

    `columns` is how many there are, `names` their names as one text, which is cut if it is long.
    """

    prefix: str
    format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    columns: int | None = None
    names: str | None = None

    def to_json(self) -> list[Any]:
        """Its fields in order."""
        return [
            *(self.prefix, self.format, self.delimiter),
            *(self.encoding, self.columns, self.names),
        ]


@lru_cache(maxsize=4096)
def _rank(reading: Reading) -> tuple[bytes, bytes]:
    """By which it stays or goes: all of a prefix together, as the prefixes themselves."""
    return digest(reading.prefix), digest(json.dumps(reading.to_json()))


@lru_cache(maxsize=4096)
def _room(reading: Reading) -> int:
    """Bytes that it takes, whatever the number of files."""
    return json_bytes(reading.to_json()) + NUMBER_BYTES


@dataclass(frozen=True)
class Readings:
    """How many files were read in which way. `left` are those whose way had no room."""

    files: Mapping[Reading, int] = field(default_factory=dict)
    left: int = 0

    def merge(self, other: Readings) -> Readings:
        """Both together.

        Those of the smallest ranks stay. One that had no room in a part has none in the whole
        either, so that all files of what stays are counted, whatever the order.
        """
        found = dict(self.files)
        for each, files in other.files.items():
            found[each] = found.get(each, 0) + files
        if len(found) == max(len(self.files), len(other.files)):  # those had room already
            return Readings(found, self.left + other.left)
        ranked = sorted(found, key=_rank)
        kept = fitting(ranked, _room, ROOM)
        left = sum(found[each] for each in ranked[len(kept) :])
        return Readings({each: found[each] for each in kept}, self.left + other.left + left)

    def to_json(self) -> list[list[Any]]:
        """As rows of a reading and its files; the last is of those that are left, if any."""
        rows = [[*each.to_json(), files] for each, files in self.files.items()]
        return [*rows, *([[*Reading(OTHER).to_json(), self.left]] if self.left else [])]

    @classmethod
    def from_json(cls, rows: Iterable[Sequence[Any]]) -> Readings:
        """What `to_json` made."""
        found = {Reading(*fields): files for *fields, files in rows}
        left = found.pop(Reading(OTHER), 0)
        return cls(found, left)

    def to_rows(self) -> list[dict[str, Any]]:
        """The report's table, by prefix, the commonest reading first."""
        rows = [_row(each, files) for each, files in self.files.items()]
        rows.sort(key=lambda row: (row["prefix"], -row["files"], json.dumps(row)))
        return [*rows, *([_row(Reading(OTHER), self.left)] if self.left else [])]


def _row(reading: Reading, files: int) -> dict[str, Any]:
    names = ("prefix", "format", "delimiter", "encoding", "columns", "names")
    return {**dict(zip(names, reading.to_json(), strict=True)), "files": files}


@dataclass(frozen=True)
class Doubtful:
    """Counted files with a warning or ragged rows: how many, and the first by key."""

    files: int = 0
    named: tuple[dict[str, Any], ...] = ()

    def merge(self, other: Doubtful) -> Doubtful:
        """Both together."""
        found = sorted((*self.named, *other.named), key=_order)[:NAMED]
        return Doubtful(self.files + other.files, tuple(fitting(found, json_bytes, DOUBTFUL_ROOM)))

    def to_json(self) -> dict[str, Any]:
        """As a batch answers it and the report has it."""
        return {"files": self.files, "named": list(self.named)}


def _order(file: Mapping[str, Any]) -> tuple[str, str, str]:
    """Every field decides, so that equals are the same."""
    return file["key"], file["version_id"], json.dumps(file)


def reading_of(record: Mapping[str, Any], prefix: str, names: Callable[[str], str]) -> Readings:
    """How one file was read. `names` cuts what is too long."""
    columns = record.get("columns")
    total = record.get("columns_total")
    reading = Reading(
        prefix,
        record["format"],
        record.get("delimiter"),
        record.get("encoding"),
        len(columns) if total is None and columns is not None else total,
        None if columns is None else names(", ".join(columns)),
    )
    return Readings({reading: 1})


def doubtful_of(record: Mapping[str, Any], file: Mapping[str, Any]) -> Doubtful:
    """One file, if it is to be looked at again. `file` is how it is named."""
    warnings, ragged = record.get("warnings") or [], record.get("ragged_rows") or 0
    if not warnings and not ragged:
        return Doubtful()
    return Doubtful(1, ({**file, "ragged_rows": ragged, "warnings": list(warnings)},))


def fitting(items: Sequence[Any], size: Callable[[Any], int], room: int) -> Sequence[Any]:
    """The first of them that have room together: none after the first that has none."""
    sums = list(accumulate(map(size, items)))
    return items[: sum(total <= room for total in sums)]


def json_bytes(value: Any) -> int:
    """How many bytes a value takes as JSON."""
    return len(json.dumps(value, ensure_ascii=False).encode())
