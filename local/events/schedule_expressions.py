"""When a schedule is due: cron(), rate() and at(), with their time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local.events.cron import Cron
from local.events.cron_fields import BadExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSION = re.compile(r"(cron|rate|at)\((.*)\)")
RATE = re.compile(r"([1-9]\d*)\s+(minute|hour|day)s?")


def due_after(
    expression: str, zone_name: str, moment: datetime, anchor: datetime
) -> Iterator[datetime]:
    """Every time later than a moment, in UTC and in order; a rate counts from its anchor.

    Raises:
        BadExpression: the expression or the time zone is none.
    """
    found = EXPRESSION.fullmatch(expression.strip())
    if found is None:
        raise BadExpression(f"{expression} is not cron(...), rate(...) or at(...)")
    kind, text = found.groups()
    zone = _zone(zone_name)
    if kind == "cron":
        return Cron.parse(text).after(moment, zone)
    if kind == "rate":
        return _rate(text, moment, anchor)
    return _at(text, zone, moment)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadExpression(f"{name} is not a time zone") from error


def _rate(text: str, moment: datetime, anchor: datetime) -> Iterator[datetime]:
    found = RATE.fullmatch(text.strip())
    if found is None:
        raise BadExpression(f"rate({text}) is not a number of minutes, hours or days")
    step = timedelta(**{f"{found[2]}s": int(found[1])})

    def times() -> Iterator[datetime]:
        due = anchor + step * max(1, (moment - anchor) // step + 1)
        while True:
            yield due
            due += step

    return times()


def _at(text: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    try:
        due = datetime.fromisoformat(text.strip()).replace(tzinfo=zone).astimezone(UTC)
    except ValueError as error:
        raise BadExpression(f"at({text}) is not yyyy-mm-ddThh:mm:ss") from error
    return iter([due] if due > moment else [])
