"""A field of a cron expression: numbers, names, ranges, steps and lists of them."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
WEEKDAYS: Final = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)
}
PART: Final = re.compile(
    r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?", re.ASCII
)


class BadExpression(ValueError):  # noqa: N818 - what the text is
    """Not an expression that the Scheduler takes; the message says why."""


def numbers(
    text: str, low: int, high: int, names: Mapping[str, int] | None = None
) -> frozenset[int]:
    """The numbers that a field stands for; `names` are other words for some of them.

    Raises:
        BadExpression: it is no such field, or a number is not from `low` to `high`.
    """
    parts = text.split(",")
    if len(parts) > 1 and "*" in parts:
        raise BadExpression(f"{text}: * stands alone, or before a step")
    return frozenset(each for part in parts for each in _numbers_of(part, low, high, names or {}))


def _numbers_of(part: str, low: int, high: int, names: Mapping[str, int]) -> Iterator[int]:
    found = PART.fullmatch(part)
    if found is None:
        raise BadExpression(f"{part} cannot be used from {low} to {high}")
    step = number(found["step"] or "1", 1, high)
    first = low if found["all"] else number(found["first"], low, high, names)
    if found["last"]:
        last = number(found["last"], low, high, names)
    else:
        last = high if found["all"] or found["step"] else first
    size = high - low + 1
    for offset in range(0, (last - first) % size + 1, step):
        yield low + (first - low + offset) % size


def number(text: str, low: int, high: int, names: Mapping[str, int] | None = None) -> int:
    """One number or name.

    Raises:
        BadExpression: it is neither, or not from `low` to `high`.
    """
    digits = text.isdecimal() and len(text) <= len(str(high))
    value = int(text) if digits else (names or {}).get(text)
    if value is None or not low <= value <= high:
        raise BadExpression(f"{text} is not from {low} to {high}")
    return value
