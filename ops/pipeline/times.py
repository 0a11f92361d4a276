"""Moments and days as an operator types them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from ops.pipeline.errors import BAD_USAGE, OpsError

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def today() -> str:
    """The current UTC day, YYYY-MM-DD."""
    return datetime.now(UTC).date().isoformat()


def day(text: str | None) -> str:
    """A UTC day given as YYYY-MM-DD, `today` or `yesterday`; today if nothing is given.

    Raises:
        OpsError: it is none of these.
    """
    words = {"today": 0, "yesterday": 1}
    if text is None or text in words:
        given = datetime.now(UTC).date() - timedelta(days=words.get(text or "today", 0))
        return given.isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise OpsError(f"a date is YYYY-MM-DD, not {text!r}", BAD_USAGE) from None


def since(text: str | None, now: datetime | None = None) -> datetime | None:
    """A moment given as an age (`90s`, `30m`, `6h`, `2d`, `1w`) or in ISO 8601 (UTC if unsaid).

    Raises:
        OpsError: it is neither.
    """
    if text is None:
        return None
    age = re.fullmatch(r"(\d{1,6})([smhdw])", text)
    if age:
        return (now or datetime.now(UTC)) - timedelta(**{UNITS[age[2]]: int(age[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        problem = f"a time is an age such as 30m, 6h or 2d, or ISO 8601, not {text!r}"
        raise OpsError(problem, BAD_USAGE) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_of(text: str) -> datetime:
    """A moment as records and events tell it, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def start_of(date_: str) -> datetime:
    """The first moment of a UTC day."""
    return datetime.fromisoformat(date_).replace(tzinfo=UTC)
