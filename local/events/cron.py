"""Cron expressions as EventBridge Scheduler writes them (user guide, "Cron-based schedules").

Six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year. Beyond the guide,
a range may run over its end (FRI-MON), and L-3 is the third day before the last of a month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local.events.cron_days import day_rule
from local.events.cron_fields import MONTHS, BadExpression, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2199
FIELDS = 6


@dataclass(frozen=True)
class Cron:
    """A parsed expression; `falls_on` says whether its day fields take a day."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    falls_on: Callable[[date], bool]

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
        return cls(
            minutes=numbers(minutes, 0, 59),
            hours=numbers(hours, 0, 23),
            months=numbers(months, 1, 12, MONTHS),
            years=numbers(years, FIRST_YEAR, LAST_YEAR),
            falls_on=day_rule(days, weekdays),
        )

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

    def _times(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                moment = local.astimezone(UTC)
                if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                    yield moment
