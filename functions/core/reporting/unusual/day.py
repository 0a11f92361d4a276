"""What is compared of a report: small, since reports of several weeks are held at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.core.reporting.unusual.ways import Way, ways

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.core.reporting.unusual.rule import Past

Row = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """The rows of a day's prefixes, how their files were read, and what the day cost in dollars."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    ways: Mapping[str, frozenset[Way]] = field(default_factory=dict)
    cost: float = 0.0
    whole: bool = True
    """False where prefixes were so many that some are in one row together."""

    @classmethod
    def of(cls, document: Mapping[str, Any], *, others: str = "", unknown: str = "") -> Day:
        """Of a report, or of its parts that are compared.

        `others` is the row of prefixes that are too many, `unknown` that of files whose prefix was
        not asked.
        """
        rows = {row["prefix"]: row for row in document["by_prefix"]}
        whole = rows.pop(others, None) is None
        rows.pop(unknown, None)
        return cls(rows, ways(document.get("by_reading") or ()), document["cost"]["total"], whole)


Earlier = dict[int, Day]
"""The days before that have a report, by how many days ago."""


def past_of(earlier: Earlier, prefix: str, number: Callable[[Row], float | None]) -> Past:
    """A number of a prefix, by days ago, since its first file; `number` is of a row.

    A day without the prefix is one without files (`{}`), unless it may be in the row of others.
    """
    first = max((ago for ago, day in earlier.items() if prefix in day.rows), default=0)
    known = {
        ago: number(day.rows.get(prefix, {}))
        for ago, day in earlier.items()
        if prefix in day.rows or (day.whole and ago < first)
    }
    return {ago: value for ago, value in known.items() if value is not None}
