"""The day fields of a cron expression: which days they take.

`L`, `W` and `#` stand alone in their field (EventBridge user guide, "Cron expressions": one
expression only).
"""

from __future__ import annotations

import calendar
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from local.events.cron_fields import WEEKDAYS, BadExpression, number, numbers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    DayRule = Callable[[date], bool]

WEEK: Final = 7
LAST_DAY: Final = re.compile(r"L(?:-(?P<before>\d{1,2}))?", re.ASCII)
NEAR_DAY: Final = re.compile(r"(?:(?P<day>\d{1,2})|L)W", re.ASCII)
LAST_WEEKDAY: Final = re.compile(r"(?P<day>\w+)L", re.ASCII)
NTH_WEEKDAY: Final = re.compile(r"(?P<day>\w+)#(?P<nth>[1-5])", re.ASCII)


def day_rule(days: str, weekdays: str) -> DayRule:
    """Whether the two fields take a day; the one that does not count is `?`.

    Raises:
        BadExpression: the other is no such field.
    """
    return _of_month(days) if weekdays == "?" else _of_week(weekdays)


def _of_month(text: str) -> DayRule:
    if found := LAST_DAY.fullmatch(text):
        before = 0 if found["before"] is None else number(found["before"], 1, 30)
        return lambda day: day.day == _last(day) - before
    if found := NEAR_DAY.fullmatch(text):
        if found["day"] is None:
            return lambda day: day == _weekday_near(day.replace(day=_last(day)))
        wanted = number(found["day"], 1, 31)
        return lambda day: wanted <= _last(day) and day == _weekday_near(day.replace(day=wanted))
    taken = numbers(text, 1, 31)
    return lambda day: day.day in taken


def _of_week(text: str) -> DayRule:
    if "/" in text:
        raise BadExpression(f"{text}: the day of the week takes no steps")
    if text == "L":  # of the week
        return lambda day: _weekday(day) == WEEK
    if found := LAST_WEEKDAY.fullmatch(text):
        wanted = number(found["day"], 1, WEEK, WEEKDAYS)
        return lambda day: _weekday(day) == wanted and day.day > _last(day) - WEEK
    if found := NTH_WEEKDAY.fullmatch(text):
        wanted, nth = number(found["day"], 1, WEEK, WEEKDAYS), int(found["nth"])
        return lambda day: _weekday(day) == wanted and (day.day - 1) // WEEK + 1 == nth
    taken = numbers(text, 1, WEEK, WEEKDAYS)
    return lambda day: _weekday(day) in taken


def _weekday(day: date) -> int:
    return day.isoweekday() % WEEK + 1


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weekday_near(day: date) -> date:
    """The day itself, or the nearest from Monday to Friday in its month."""
    if day.weekday() < calendar.SATURDAY:
        return day
    step = -1 if day.weekday() == calendar.SATURDAY else 1
    near = day + timedelta(days=step)
    return near if near.month == day.month else day - timedelta(days=2 * step)
