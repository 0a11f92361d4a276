"""`$toMillis` and `$fromMillis`: what is ISO 8601 is what JSONata's pattern says."""

from __future__ import annotations

import math
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from jsonata.jexception import JException

from local.asl.jsonata.mended.reading_times import millis_by_picture
from local.asl.jsonata.mended.time_pictures import ISO_8601
from local.asl.jsonata.mended.writing_times import time_by_picture

ISO: Final = re.compile(
    r"(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?"
    r"(\.\d+)?(?:([+-])([0-2]\d):?([0-5]\d)|Z)?",
    re.ASCII,
)
EPOCH: Final = datetime.fromtimestamp(0, UTC)
MONTHS: Final = 12
ERA: Final = timedelta(days=146_097)
"""400 years, after which the calendar is the same again."""
LAST_MOMENT: Final = timedelta(hours=24)


def to_millis(
    text: str | None, picture: str | None = None, now: float | None = None
) -> float | None:
    """`$toMillis`; not a number (null in JSON) for a day that no calendar has.

    `now`, in seconds from the epoch, has what a picture leaves out.

    Raises:
        JException: D3110, without a picture the text is not ISO 8601; D3130 to D3136, no picture
            to read by, or one that lacks what makes a moment.
    """
    if text is None:
        return None
    if picture is not None:
        return millis_by_picture(text, picture, (now or time.time()) * 1000 // 1)
    found = ISO.fullmatch(text)
    if found is None:
        raise JException("D3110", -1, text)
    return _millis(found)


def _millis(found: re.Match[str]) -> float:
    year, month, day, hours, minutes, seconds = (int(each or 0) for each in found.groups()[:6])
    month, day = month or (1 if found[2] is None else 0), day or (1 if found[3] is None else 0)
    of_day = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not (1 <= month <= MONTHS and day and of_day <= LAST_MOMENT):
        return math.nan
    first = datetime(year or 400, month, 1, tzinfo=UTC) - EPOCH - (timedelta() if year else ERA)
    since = first + timedelta(days=day - 1) + of_day - _offset(found)
    return since // timedelta(milliseconds=1) + int(float(found[7] or 0) * 1000)


def _offset(found: re.Match[str]) -> timedelta:
    if found[8] is None:
        return timedelta()
    size = timedelta(hours=int(found[9]), minutes=int(found[10]))
    return -size if found[8] == "-" else size


def from_millis(
    millis: float | None, picture: str | None = None, zone: str | None = None
) -> str | None:
    """`$fromMillis`; after what JavaScript's dates hold, each part is `NaN`.

    Raises:
        JException: D3130 to D3135, no picture to write by.
    """
    if millis is None:
        return None
    return time_by_picture(millis, ISO_8601 if picture is None else picture, zone)
