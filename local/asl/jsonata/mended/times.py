"""`$toMillis` and `$fromMillis`: what is ISO 8601 is what JSONata's pattern says."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from jsonata.datetimeutils import DateTimeUtils
from jsonata.jexception import JException

ISO: Final = re.compile(
    r"(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?"
    r"(\.\d+)?(?:([+-])([0-2]\d):?([0-5]\d)|Z)?",
    re.ASCII,
)
MONTHS: Final = 12
LAST_MOMENT: Final = timedelta(hours=24)


def to_millis(text: str | None, picture: str | None = None) -> float | None:
    """`$toMillis`; not a number (null in JSON) for a day that no calendar has.

    Raises:
        JException: D3110, without a picture the text is not ISO 8601; D3136, the picture lacks
            what makes a moment.
    """
    if text is None:
        return None
    if picture is not None:
        return _by_picture(text, picture)
    found = ISO.fullmatch(text)
    if found is None:
        raise JException("D3110", -1, text)
    return _millis(found)


def _by_picture(text: str, picture: str) -> float | None:
    try:
        found: float | None = DateTimeUtils.parse_datetime(text, picture)
    except (ValueError, RuntimeError) as error:
        if "missing specifiers" in str(error):
            raise JException("D3136", -1) from None
        raise
    return found


def _millis(found: re.Match[str]) -> float:
    year, month, day, hours, minutes, seconds = (int(each or 0) for each in found.groups()[:6])
    month, day = month or (1 if found[2] is None else 0), day or (1 if found[3] is None else 0)
    time = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not (1 <= month <= MONTHS and day and year and time <= LAST_MOMENT):
        return math.nan
    moment = datetime(year, month, 1, tzinfo=UTC) + timedelta(days=day - 1) + time - _offset(found)
    since = moment - datetime.fromtimestamp(0, UTC)
    return since // timedelta(milliseconds=1) + int(float(found[7] or 0) * 1000)


def _offset(found: re.Match[str]) -> timedelta:
    if found[8] is None:
        return timedelta()
    size = timedelta(hours=int(found[9]), minutes=int(found[10]))
    return -size if found[8] == "-" else size


def from_millis(
    millis: float | None, picture: str | None = None, zone: str | None = None
) -> str | None:
    """`$fromMillis`.

    Raises:
        JException: D3132, a component that there is not; D3135, a bracket is not closed.
    """
    if millis is None:
        return None
    try:
        written: str = DateTimeUtils.format_datetime(int(millis), picture, zone)
    except KeyError as error:
        raise JException("D3132", -1, error.args[0]) from None
    except (ValueError, RuntimeError) as error:
        if "closing bracket" in str(error):
            raise JException("D3135", -1) from None
        raise
    return written
