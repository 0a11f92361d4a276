"""Cron expressions as EventBridge Scheduler writes them (user guide, "Cron-based schedules").

Six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAYS = {name: number for number, name in enumerate(WEEKDAYS, 1)}
FIRST_YEAR, LAST_YEAR = 1970, 2199
FIELDS = 6
WEEK = 7
SPECIAL = re.compile(r"(\d*)L|(\d+)W|(LW)|(\d+)#([1-5])")


class BadExpression(ValueError):  # noqa: N818 - what the text is
    """Not an expression that the Scheduler takes; the message says why."""


@dataclass(frozen=True)
class Cron:
    """A parsed expression."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read the text between the brackets of `cron(...)`.

        Raises:
            BadExpression: it has not six fields, or one that cannot be.
        """
        fields = text.upper().split()
        if len(fields) != FIELDS:
            raise BadExpression(f"cron({text}) has {len(fields)} fields, not {FIELDS}")
        minutes, hours, days, months, weekdays, years = fields
        if (days == "?") == (weekdays == "?"):
            raise BadExpression(f"cron({text}): one of the day fields must be ?")
        made = cls(
            minutes=_numbers(minutes, 0, 59),
            hours=_numbers(hours, 0, 23),
            days=days,
            months=_numbers(_named(months, MONTHS), 1, 12),
            weekdays=_named(weekdays, DAYS),
            years=_numbers(years, FIRST_YEAR, LAST_YEAR),
        )
        made.falls_on(date(FIRST_YEAR, 1, 1))
        return made

    def after(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Every time later than the moment, in UTC.

        A local time that a change to summer time leaves out is left out; one that comes twice
        counts once.
        """
        day = moment.astimezone(zone).date()
        while day.year <= max(self.years):
            if day.year in self.years and day.month in self.months and self.falls_on(day):
                yield from (each for each in self._times(day, zone) if each > moment)
            day += timedelta(days=1)

    def falls_on(self, day: date) -> bool:
        """Whether the day fields take this day."""
        if self.weekdays == "?":
            return any(_in_month(part, day) for part in self.days.split(","))
        return any(_in_week(part, day) for part in self.weekdays.split(","))

    def _times(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                moment = local.astimezone(UTC)
                if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                    yield moment


def _named(text: str, names: dict[str, int]) -> str:
    return re.sub(r"[A-Z]{3}", lambda found: str(names.get(found[0], found[0])), text)


def _numbers(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            begin = low if span == "*" else int(first)
            end = high if span == "*" or (step and not dash) else int(last or first)
            found.update(range(begin, end + 1, int(step or 1)))
        except ValueError as error:
            raise BadExpression(f"{text} cannot be used from {low} to {high}") from error
    if not found or min(found) < low or max(found) > high:
        raise BadExpression(f"{text} is not from {low} to {high}")
    return frozenset(found)


def _in_month(part: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    special = SPECIAL.fullmatch(part)
    if special is None:
        return day.day in _numbers(part, 1, 31)
    if special[3]:
        return day == _weekday_near(day.replace(day=last))
    if special[2]:
        wanted = min(int(special[2]), last)
        return day == _weekday_near(day.replace(day=wanted))
    if special[1] == "":
        return day.day == last
    raise BadExpression(f"{part} is not a day of the month")


def _weekday_near(day: date) -> date:
    """The day itself, or the nearest from Monday to Friday in its month."""
    if day.weekday() < calendar.SATURDAY:
        return day
    step = -1 if day.weekday() == calendar.SATURDAY else 1
    near = day + timedelta(days=step)
    return near if near.month == day.month else day - timedelta(days=2 * step)


def _in_week(part: str, day: date) -> bool:
    number = day.isoweekday() % WEEK + 1
    special = SPECIAL.fullmatch(part)
    if special is None:
        return number in _numbers(part, 1, WEEK)
    if special[4]:
        return number == int(special[4]) and (day.day - 1) // WEEK + 1 == int(special[5])
    if special[1] is not None:
        last = calendar.monthrange(day.year, day.month)[1]
        return number == int(special[1] or WEEK) and day.day > last - WEEK
    raise BadExpression(f"{part} is not a day of the week")
