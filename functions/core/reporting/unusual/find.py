"""What is unusual of a day, prefix by prefix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from functions.core.reporting.unusual import rule
from functions.core.reporting.unusual.day import Day, Earlier, Row, past_of
from functions.core.reporting.unusual.kinds import ALL_FILES, KINDS, is_muted
from functions.core.reporting.unusual.times import HOUR, clock, long, second_of_day
from functions.core.reporting.unusual.ways import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

AMOUNT: Final = rule.ratio(2)
DOLLARS: Final = rule.ratio(0.01)
SECONDS: Final = rule.ratio(10, least=3, nothing=None)
"""Files take some seconds, more or less: what is as long as it was to a factor of 3 is usual."""
TIME: Final = rule.steps(HOUR)
SHARE: Final = rule.steps(0.1)
LEAST_REJECTED: Final = 3
"""So many files more than usual are rejected at least, where the share is unusual."""
LEAST_READ: Final = 3
"""So many earlier days have to have been read in the same ways."""
LEAST_DAYS: Final = 5
"""So many of the last seven days have to be known, before a file is missed."""
WEEKEND: Final = 2


@dataclass(frozen=True)
class Unusual:
    """One unusual thing: `what` says it in words, with what is usual."""

    prefix: str
    kind: str
    what: str


def find(date_weekday: int, today: Day, earlier: Earlier, muted: Iterable[str]) -> list[Unusual]:
    """All unusual things of a day that are not muted, by kind and prefix.

    `date_weekday` is 0 for a Monday.
    """
    prefixes = {*today.rows, *(name for day in earlier.values() for name in day.rows)}
    found = [each for name in prefixes for each in _of_prefix(name, today, earlier, date_weekday)]
    found += _cost(today, earlier)
    words = list(muted)
    left = [each for each in found if not is_muted(words, each.prefix, each.kind)]
    return sorted(left, key=lambda each: (KINDS.index(each.kind), each.prefix))


def _of_prefix(prefix: str, today: Day, earlier: Earlier, weekday: int) -> Iterator[Unusual]:
    row = today.rows.get(prefix, {})
    if not row and not today.whole:
        return
    if not row:
        said = _missing(past_of(earlier, prefix, partial(_number, "received")), weekday)
        found: list[tuple[str, str]] = [("missing", said)] if said else []
    else:
        found = [
            *_volume(prefix, row, earlier),
            *_times(prefix, row, earlier),
            *_rejected(prefix, row, earlier),
            *_duration(prefix, row, earlier),
            *_ways(prefix, today, earlier),
        ]
    for kind, what in found:
        yield Unusual(prefix, kind, what)


def _missing(received: rule.Past, weekday: int) -> str | None:
    """No file came, though one came on each such day of the weeks and of the last days."""
    weekdays = [received[ago] for ago in rule.WEEKDAYS if ago in received]
    if len(weekdays) < rule.LEAST_WEEKDAYS or not all(weekdays):
        return None
    days = [ago for ago in range(1, rule.WEEK + 1) if ago in received]
    if len(days) < LEAST_DAYS:
        return None
    free = {ago for ago in days if not received[ago]}
    weekly = free == set(days) - {rule.WEEK}
    weekend = {ago for ago in days if (weekday - ago) % rule.WEEK >= rule.WEEK - WEEKEND}
    if not weekly and not free <= (weekend if weekend <= free else set()):
        return None
    return f"no file came, usually {median(weekdays):,.0f}"


def _volume(prefix: str, row: Row, earlier: Earlier) -> Iterator[tuple[str, str]]:
    """Files, and unless some have no record yet, records and bytes."""
    names = ("received",) if row["failed"] or row["in_flight"] else ("received", "records", "bytes")
    said = []
    for name in names:
        usual = _far(row[name], prefix, earlier, partial(_number, name), AMOUNT)
        if usual is not None:
            unit = "files" if name == "received" else name
            said.append(f"{row[name]:,} {unit}, usually {usual:,.0f}")
    if said:
        yield "volume", "; ".join(said)


def _times(prefix: str, row: Row, earlier: Earlier) -> Iterator[tuple[str, str]]:
    """When the first file came, and the last one."""
    for name, words in (("first_arrival", "first"), ("last_arrival", "last")):
        at = second_of_day(row.get(name))
        if at is None:
            continue
        usual = _far(at, prefix, earlier, partial(_time, name), TIME)
        if usual is None or (name == "last_arrival" and at < usual):
            continue
        kind = "late" if at > usual else "early"
        yield kind, f"the {words} file came at {clock(at)}, usually at {clock(usual)} UTC"
        return


def _rejected(prefix: str, row: Row, earlier: Earlier) -> Iterator[tuple[str, str]]:
    share = _share(row)
    usual = None if share is None else _far(share, prefix, earlier, _share, SHARE)
    if share is None or usual is None:
        return
    if row["rejected"] - usual * row["received"] >= LEAST_REJECTED:
        yield "rejected", f"{share:.0%} of files rejected, usually {usual:.0%}"


def _duration(prefix: str, row: Row, earlier: Earlier) -> Iterator[tuple[str, str]]:
    """How long its files took, from upload to record."""
    seconds = _median_seconds(row)
    usual = None if seconds is None else _far(seconds, prefix, earlier, _median_seconds, SECONDS)
    if seconds is not None and usual is not None:
        yield "duration", f"files took about {long(seconds)}, usually {long(usual)}"


def _median_seconds(row: Row) -> float | None:
    """None for a day without files, and of a report that does not know."""
    return row.get("median_seconds")


def _ways(prefix: str, today: Day, earlier: Earlier) -> Iterator[tuple[str, str]]:
    """A way in which files of the prefix were not read before, though it was the same every day."""
    before = [day.ways[prefix] for day in earlier.values() if prefix in day.ways]
    if len(before) < LEAST_READ or len(set(before)) > 1:
        return
    said: dict[tuple[str, str], None] = {}
    for way in sorted(today.ways.get(prefix, frozenset()) - before[0]):
        said.update(dict.fromkeys(changes(way, before[0])))
    yield from said


def _cost(today: Day, earlier: Earlier) -> Iterator[Unusual]:
    past = {ago: day.cost for ago, day in earlier.items()}
    usual = rule.usual_if_far(today.cost, past, DOLLARS)
    if usual is not None:
        yield Unusual(ALL_FILES, "cost", f"the day cost ${today.cost:.2f}, usually ${usual:.2f}")


def _far(
    value: float,
    prefix: str,
    earlier: Earlier,
    number: Callable[[Row], float | None],
    scale: rule.Scale,
) -> float | None:
    return rule.usual_if_far(value, past_of(earlier, prefix, number), scale)


def _number(name: str, row: Row) -> float:
    return float(row.get(name, 0))


def _time(name: str, row: Row) -> float | None:
    return second_of_day(row.get(name))


def _share(row: Row) -> float | None:
    """Of the files that have a record; None if none has, or a report does not know."""
    processed, rejected = row.get("processed"), row.get("rejected")
    if processed is None or rejected is None or not processed + rejected:
        return None
    return float(rejected / (processed + rejected))
