"""What the files of one prefix come to: a value that merges in any order, of bounded size."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from functions.core.reporting.durations import Durations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PREFIXES = 200
CAUSES = 60
"""Pairs of a prefix and a code that are counted apart; a day has a few."""
OTHER = "(other prefixes)"
NOT_ASKED = "(files that were only counted)"
"""The row of executions so many that which file each is of was not asked."""

TOOK = 9
"""How many fields of a batch stand before its durations."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class PrefixAmount:
    """Files that have a record, and those that have none (`failed`, `in_flight`).

    `records` is of processed files; `bytes`, the arrivals and `took` are of all that have a record.
    """

    files: int = 0
    records: int = 0
    bytes: int = 0
    rejected: int = 0
    ragged_rows: int = 0
    last_arrival: str = ""
    failed: int = 0
    in_flight: int = 0
    first_arrival: str = ""
    took: Durations = field(default_factory=Durations)

    def __add__(self, other: PrefixAmount) -> PrefixAmount:
        """Both together."""
        return PrefixAmount(
            self.files + other.files,
            self.records + other.records,
            self.bytes + other.bytes,
            self.rejected + other.rejected,
            self.ragged_rows + other.ragged_rows,
            max(self.last_arrival, other.last_arrival),
            self.failed + other.failed,
            self.in_flight + other.in_flight,
            min(filter(None, (self.first_arrival, other.first_arrival)), default=""),
            self.took + other.took,
        )

    @property
    def received(self) -> int:
        """All of them."""
        return self.files + self.failed + self.in_flight

    def to_json(self) -> list[Any]:
        """What a batch knows, in the order of the fields; one of an older version ends sooner."""
        return [
            *(self.files, self.records, self.bytes),
            *(self.rejected, self.ragged_rows, self.last_arrival),
            *(0, 0, self.first_arrival),
            self.took.to_json(),
        ]

    @classmethod
    def from_json(cls, fields: Sequence[Any]) -> PrefixAmount:
        """What `to_json` made, also of an older version."""
        return cls(*fields[:TOOK], *map(Durations.from_json, fields[TOOK:]))

    def to_row(self, prefix: str) -> dict[str, Any]:
        """The report's row: received = processed + rejected + failed + in flight."""
        return {
            "prefix": prefix,
            "received": self.received,
            "processed": self.files - self.rejected,
            "rejected": self.rejected,
            "failed": self.failed,
            "in_flight": self.in_flight,
            "records": self.records,
            "bytes": self.bytes,
            "first_arrival": self.first_arrival or None,
            "last_arrival": self.last_arrival or None,
            "ragged_rows": self.ragged_rows,
            "median_seconds": self.took.median,
        }


PrefixAmounts = dict[str, PrefixAmount]


def capped(found: Mapping[str, Value], most: int, add: Callable[[Value, Value], Value]) -> Any:
    """At most so many of them, the rest as one.

    Those with the smallest hashes stay. A name that one part dropped is then not among the
    smallest of the whole either, so the parts of what stays are all there, whatever the order.
    """
    if len(found) - (OTHER in found) <= most:
        return dict(found)
    ranked = sorted((name for name in found if name != OTHER), key=digest)
    kept = {name: found[name] for name in sorted(ranked[:most])}
    rest = [found[name] for name in ranked[most:]] + ([found[OTHER]] if OTHER in found else [])
    total = rest[0]
    for each in rest[1:]:
        total = add(total, each)
    return {**kept, OTHER: total}


def digest(name: str) -> bytes:
    """By which names are ranked."""
    return hashlib.sha256(name.encode()).digest()


def with_unfinished(
    amounts: PrefixAmounts, failed: Mapping[str, int], in_flight: Mapping[str, int]
) -> Any:
    """The day's prefixes with the files that left no record; both are given by prefix."""
    found = dict(amounts)
    for name, number in failed.items():
        found[name] = found.get(name, PrefixAmount()) + PrefixAmount(failed=number)
    for name, number in in_flight.items():
        found[name] = found.get(name, PrefixAmount()) + PrefixAmount(in_flight=number)
    return dict(capped(found, PREFIXES, PrefixAmount.__add__))


def rows(amounts: PrefixAmounts) -> list[dict[str, Any]]:
    """The report's table: the prefix with most files first."""
    named = sorted(amounts, key=lambda name: (-amounts[name].received, name))
    return [amounts[name].to_row(name) for name in named]


def of_record(record: Mapping[str, Any], *, rejected: bool, took: Durations) -> PrefixAmount:
    """What one record adds to its prefix."""
    return PrefixAmount(
        1,
        record.get("records") or 0,
        record["size_bytes"],
        int(rejected),
        record.get("ragged_rows") or 0,
        record["uploaded_at"],
        first_arrival=record["uploaded_at"],
        took=took,
    )
