"""`$toMillis` and `$fromMillis`: what is ISO 8601 is what JSONata's pattern says."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from jsonata.datetimeutils import DateTimeUtils
from jsonata.jexception import JException

from local.asl.jsonata.mended.pictures import as_the_library_reads_it, in_jsonata_codes

ISO: Final = re.compile(
    r"(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?"
    r"(\.\d+)?(?:([+-])([0-2]\d):?([0-5]\d)|Z)?",
    re.ASCII,
)
ZONE: Final = re.compile(r"[-+]?\d+", re.ASCII)
EPOCH: Final = datetime.fromtimestamp(0, UTC)
CENTURY: Final = 100
MONTHS: Final = 12
ERA: Final = timedelta(days=146_097)
"""400 years, after which the calendar is the same again."""
TEN_THOUSAND_YEARS: Final = 25 * (ERA // timedelta(milliseconds=1))
FIRST: Final = -62_135_596_800_000
LAST: Final = 253_402_300_800_000
"""The years 1 to 9999."""
FURTHEST: Final = 8.64e15
"""Milliseconds from the epoch that a `Date` may be (ECMA-262)."""
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
        with in_jsonata_codes(picture):
            found: float | None = DateTimeUtils.parse_datetime(
                text, as_the_library_reads_it(picture)
            )
    except (ValueError, KeyError, TypeError, re.error):  # a name that is none, or day 31 of June
        return None
    return None if found is None else _of_this_age(found)


def _of_this_age(millis: float) -> float:
    """A year of two digits is of the twentieth century, as in JavaScript's `Date.UTC`."""
    try:
        moment = EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return millis
    if moment.year >= CENTURY:
        return millis
    return (moment.replace(year=moment.year + 1900) - EPOCH) // timedelta(milliseconds=1)


def _millis(found: re.Match[str]) -> float:
    year, month, day, hours, minutes, seconds = (int(each or 0) for each in found.groups()[:6])
    month, day = month or (1 if found[2] is None else 0), day or (1 if found[3] is None else 0)
    time = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not (1 <= month <= MONTHS and day and time <= LAST_MOMENT):
        return math.nan
    first = datetime(year or 400, month, 1, tzinfo=UTC) - EPOCH - (timedelta() if year else ERA)
    since = first + timedelta(days=day - 1) + time - _offset(found)
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
        JException: D1001, no moment of JavaScript's, which writes NaN for each part; D3132, a
            component that there is not; D3135, a bracket is not closed.
    """
    if millis is None:
        return None
    if not abs(millis) <= FURTHEST:
        raise JException("D1001", -1, millis)
    if picture is None and zone is None:
        moment = EPOCH + timedelta(milliseconds=_within(int(millis)))
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z".rjust(24, "0")
    if zone is not None and not ZONE.fullmatch(zone):
        raise ValueError(f"the timezone must be like +0100, not {zone}")
    try:
        with in_jsonata_codes(picture or ""):
            written: str = DateTimeUtils.format_datetime(
                _within(int(millis)), picture and as_the_library_reads_it(picture), zone
            )
    except KeyError as error:
        raise JException("D3132", -1, error.args[0]) from None
    except (OverflowError, ValueError):  # the zone leads out of the years that Python has
        raise JException("D1001", -1, millis) from None
    return written


def _within(millis: int) -> int:
    """A moment of a year that Python has: after 10,000 years days and digits are the same again."""
    if FIRST <= millis < LAST:
        return millis
    shifted = (millis - FIRST) % TEN_THOUSAND_YEARS + FIRST
    if shifted >= LAST:  # a year 0, which Python has not
        raise JException("D1001", -1, millis)
    return shifted
