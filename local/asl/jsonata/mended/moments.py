"""JavaScript's `Date`: years before 1 and after 9999, and what is no time at all, which is NaN."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DAY: Final = 86_400_000
WEEK: Final = 7 * DAY
FURTHEST: Final = 8.64e15
"""Milliseconds from the epoch that a `Date` may be (ECMA-262)."""
ERA_DAYS: Final = 146_097
"""400 years, after which the calendar is the same again."""
FIRST_MARCH: Final = 719_468
"""Days from 1 March of the year 0 to the epoch."""
THURSDAY, NOON = 4, 12


def clipped(millis: float) -> float:
    """A time of whole milliseconds, or NaN if a `Date` cannot be it."""
    return math.trunc(millis) if abs(millis) <= FURTHEST else math.nan


def date_utc(year: float, month: float = 0, day: float = 1, *time: float) -> float:
    """`Date.UTC`: a month from 0; a year below 100 is of the twentieth century.

    `time` are hours, minutes, seconds and milliseconds, as many as there are.
    """
    if not all(map(math.isfinite, (year, month, day, *time))):
        return math.nan
    year = year + 1900 if 0 <= year < 100 else year  # noqa: PLR2004
    years, month = divmod(int(month), 12)
    days = _days_before(int(year) + years, month) + int(day) - 1
    of_day = zip(time, (3_600_000, 60_000, 1000, 1), strict=False)
    return clipped(days * DAY + sum(int(each) * size for each, size in of_day))


def _days_before(year: int, month: int) -> int:
    """Days from the epoch to the first of a month; years begin in March here."""
    shifted = (month - 2) % 12
    era, of_era = divmod(year - (month < 2), 400)  # noqa: PLR2004 - January and February
    of_year = (153 * shifted + 2) // 5
    return era * ERA_DAYS + of_era * 365 + of_era // 4 - of_era // 100 + of_year - FIRST_MARCH


def date_of(millis: float) -> tuple[float, float, float]:
    """Year, month from 0, and day of the month."""
    if math.isnan(millis):
        return math.nan, math.nan, math.nan
    era, of_era = divmod(int(millis) // DAY + FIRST_MARCH, ERA_DAYS)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    day, month = of_year - (153 * shifted + 2) // 5 + 1, (shifted + 2) % 12
    return year + era * 400 + (month < 2), month, day  # noqa: PLR2004 - January and February


def weekday(millis: float) -> float:
    """1 on Monday to 7 on Sunday (ISO 8601)."""
    return millis if math.isnan(millis) else (int(millis) // DAY + 3) % 7 + 1


def _first_week(year: float, month: float) -> float:
    """The Monday of the week that has the first Thursday of a year or month."""
    years, month = divmod(month, 12)
    first = date_utc(year + years, month)
    of_week = weekday(first)
    return first + ((8 if of_week > THURSDAY else 1) - of_week) * DAY


def _week(millis: float, months: int, most: int) -> float:
    """The week in the year (`months` 12) or the month (1) that a day is in."""
    year, month, day = date_of(millis)
    start, today = (month if months == 1 else 0), date_utc(year, month, day)
    week = (today - _first_week(year, start)) / WEEK + 1
    if week > most and today >= _first_week(year, start + months):
        return 1
    if week < 1:
        week = (today - _first_week(year, start - months)) / WEEK + 1
    return week if math.isnan(week) else math.floor(week)


def _week_owner(millis: float, months: int) -> float:
    """The year or the month (from 1) to which a day's week belongs."""
    year, month, _ = date_of(millis)
    start = month if months == 1 else 0
    step = -1 if millis < _first_week(year, start) else 0
    step = 1 if millis >= _first_week(year, start + months) else step
    return (month + step) % 12 + 1 if months == 1 else year + step


def _hours(millis: float) -> float:
    return millis // 3_600_000 % 24


def _day_of_year(millis: float) -> float:
    year, month, day = date_of(millis)
    return (date_utc(year, month, day) - date_utc(year)) / DAY + 1


COMPONENTS: Final[dict[str, Callable[[float], float]]] = {
    "Y": lambda millis: date_of(millis)[0],
    "M": lambda millis: date_of(millis)[1] + 1,
    "D": lambda millis: date_of(millis)[2],
    "d": _day_of_year,
    "F": weekday,
    "W": lambda millis: _week(millis, 12, 52),
    "w": lambda millis: _week(millis, 1, 4),
    "X": lambda millis: _week_owner(millis, 12),
    "x": lambda millis: _week_owner(millis, 1),
    "H": _hours,
    "h": lambda millis: (_hours(millis) + 11) % 12 + 1,
    "P": lambda millis: float(_hours(millis) >= NOON),
    "m": lambda millis: millis // 60_000 % 60,
    "s": lambda millis: millis // 1000 % 60,
    "f": lambda millis: millis % 1000,
}
"""The number of a time's part by its letter in a picture (XPath 3.1, fn:format-dateTime).

`X` and `x`, the year and the month of a week, are JSONata's own; `P` is 1 after noon.
"""
