"""What came of each prefix on the last 30 days, as their reports say it: of bounded size."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as calendar
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAYS: Final = 30
PREFIXES: Final = 24
"""So many prefixes are told: those of the verdict, then those with most files."""
NUMBERS: Final = ("received", "processed")

Row = dict[str, Any]
Trend = dict[str, Any]
"""`days`, oldest first; `prefixes`, each with a number a day for `received` and `processed`: 0 of a
day without a file, None where the day has no report or nobody knows; `prefixes_total`."""


@dataclass(frozen=True)
class PrefixesOfDay:
    """The rows of a day's report, by prefix."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    whole: bool = True
    """False where prefixes were so many that some are in one row together."""

    @classmethod
    def of(cls, document: Mapping[str, Any], others: str) -> PrefixesOfDay:
        """Of a report; `others` is the row of prefixes that are too many."""
        rows = {
            row["prefix"]: {name: row[name] for name in NUMBERS} for row in document["by_prefix"]
        }
        return cls(rows, rows.pop(others, None) is None)

    def number(self, prefix: str, name: str) -> int | None:
        """A number of a prefix."""
        if prefix not in self.rows:
            return 0 if self.whole else None
        value: int | None = self.rows[prefix][name]
        return value


Reported = dict[str, PrefixesOfDay]
"""By day, YYYY-MM-DD: those that have a report."""


def days_until(last: str) -> list[str]:
    """The 30 days up to one, oldest first."""
    end = calendar.fromisoformat(last)
    return [(end - timedelta(days=ago)).isoformat() for ago in reversed(range(DAYS))]


def trend(date: str, reported: Mapping[str, PrefixesOfDay], first: Iterable[str]) -> Trend:
    """The 30 days up to `date`. The prefixes `first` are told before others have their turn."""
    days = days_until(date)
    rows = [reported[day] for day in days if day in reported]
    names = {name for row in rows for name in row.rows}
    files = {name: sum(row.number(name, "received") or 0 for row in rows) for name in names}
    urgent = [name for name in dict.fromkeys(first) if name in names]
    others = sorted(names - set(urgent), key=lambda name: (-files[name], name))
    return {
        "days": days,
        "prefixes": [_of_prefix(name, days, reported) for name in [*urgent, *others][:PREFIXES]],
        "prefixes_total": len(names),
    }


def _of_prefix(prefix: str, days: Iterable[str], reported: Mapping[str, PrefixesOfDay]) -> Row:
    known = [reported.get(day) for day in days]
    numbers = {
        name: [None if day is None else day.number(prefix, name) for day in known]
        for name in NUMBERS
    }
    return {"prefix": prefix, **numbers}


def with_day(found: Trend | None, date: str, day: PrefixesOfDay) -> Trend | None:
    """The same trend with what is known of a day by now."""
    if found is None or date not in found["days"]:
        return found
    place = found["days"].index(date)
    rows = [*found["prefixes"], *_new(found, day)]
    prefixes = [
        {"prefix": row["prefix"]}
        | {name: _put(row[name], place, day.number(row["prefix"], name)) for name in NUMBERS}
        for row in rows[:PREFIXES]
    ]
    more = len(rows) - len(found["prefixes"])
    return {**found, "prefixes": prefixes, "prefixes_total": found["prefixes_total"] + more}


def _new(found: Trend, day: PrefixesOfDay) -> list[Row]:
    """Rows of the prefixes that no day had before, where all that one had are told."""
    told = {row["prefix"] for row in found["prefixes"]}
    if found["prefixes_total"] > len(told):
        return []
    values = [0 if any(known) else None for known in _known(found)]
    names = sorted(day.rows.keys() - told)
    return [{"prefix": name, **dict.fromkeys(NUMBERS, values)} for name in names]


def _known(found: Trend) -> list[list[bool]]:
    """Of each day, of which prefixes it is known."""
    received = [row["received"] for row in found["prefixes"]]
    return [
        [values[place] is not None for values in received] for place in range(len(found["days"]))
    ]


def _put(values: list[int | None], place: int, value: int | None) -> list[int | None]:
    return [*values[:place], value, *values[place + 1 :]]


def restated(before: Trend | None, now: Trend | None) -> list[str]:
    """The days, but the last one, of which two trends say different things of the same prefix."""
    if before is None or now is None:
        return []
    known = {row["prefix"]: row for row in before["prefixes"]}
    pairs = [(known[row["prefix"]], row) for row in now["prefixes"] if row["prefix"] in known]
    return [
        day
        for place, day in enumerate(now["days"][:-1])
        if any(one[name][place] != other[name][place] for one, other in pairs for name in NUMBERS)
    ]
