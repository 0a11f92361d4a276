"""`$toMillis` by a picture, as JSONata 2.0.6 reads it."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable
from typing import Final

from jsonata.jexception import JException

from local.asl.jsonata.mended.integer_pictures import IntegerPicture, parse_int, read
from local.asl.jsonata.mended.moments import COMPONENTS, DAY, date_of, date_utc
from local.asl.jsonata.mended.number_words import VALUES
from local.asl.jsonata.mended.time_pictures import Marker, is_none, parts_of
from local.asl.jsonata.mended.writing_times import NAMES

Parts = dict[str, float | None]
Reader = Callable[[str], float | None]
DATES: Final = (("YMD", "YMD"), ("Yd", "YD"), ("Xxw", "XxwF"), ("XW", "XWF"))
"""What a date may be said by, and what is then looked for; the last two are not read."""
TIMES: Final = (("Hmsf", "Hmsf"), ("Phmsf", "Phmsf"))
HALVES: Final[Parts] = {"am": 0, "AM": 0, "pm": 1, "PM": 1}
WORDS: Final = "|".join([*VALUES, "and", r"[\-, ]"])
DIGITS_OF_HOURS: Final = 2


def millis_by_picture(text: str, picture: str, now: float) -> float | None:
    """A moment in milliseconds; None if the text is not as the picture, NaN if it is no moment.

    What the picture leaves out before its first part is `now`'s, in milliseconds.

    Raises:
        JException: D3130 to D3135, no picture to read by; D3136, a part lacks between others.
    """
    pattern, readers = _pattern(picture)
    found = pattern.fullmatch(text)
    if found is None or not readers:
        return None
    parts: Parts = {component: reader(found[at]) for at, (component, reader) in readers.items()}
    return _moment(parts, now)


@functools.lru_cache(256)
def _pattern(picture: str) -> tuple[re.Pattern[str], dict[int, tuple[str, Reader]]]:
    groups, readers = [], {}
    for at, part in enumerate(parts_of(picture), 1):
        if isinstance(part, str):
            groups.append(re.escape(part))
        else:
            group, reader = _reader(part)
            groups.append(group)
            readers[at] = (part.component, reader)
    return re.compile("".join(f"({group})" for group in groups), re.IGNORECASE), readers


def _reader(marker: Marker) -> tuple[str, Reader]:
    picture = marker.integer
    if marker.component in {"Z", "z"} and picture is not None:
        return _zone(marker.component, picture)
    if picture is not None:
        return _integer_pattern(picture, marker.digits), functools.partial(read, picture=picture)
    names = HALVES if marker.component == "P" else _numbered(marker)
    return "[a-zA-Z]+", names.get


def _numbered(marker: Marker) -> Parts:
    if marker.component not in NAMES:
        raise JException("D3133", -1, marker.component)
    most = None if is_none(marker.most) else int(marker.most or 0)
    return {name[:most]: number for number, name in enumerate(NAMES[marker.component], 1)}


def _integer_pattern(picture: IntegerPicture, digits: float) -> str:
    letters = "A-Z" if picture.is_upper else "a-z"
    patterns = {
        "letters": f"[{letters}]+",
        "roman": "[MDCLXVI]+",
        "words": f"(?:{WORDS})+",
        "decimal": f"[0-9]{_times(picture, digits)}{'(?:th|st|nd|rd)' if picture.ordinal else ''}",
    }
    if picture.kind not in patterns:
        raise JException("D3130", -1, picture.token)
    return patterns[picture.kind]


def _times(picture: IntegerPicture, digits: float) -> str:
    if not digits > 0:
        return "+"
    most, least = int(digits), int(digits) - picture.optional
    if least < 0:  # no quantifier, but these very characters
        return re.escape(f"{{{least},{most}}}")
    return f"{{{most}}}" if picture.optional == 0 else f"{{{least},{most}}}"


def _zone(component: str, picture: IntegerPicture) -> tuple[str, Reader]:
    before = "GMT" if component == "z" else ""
    separator = picture.regular[1] if picture.regular else ""
    pattern = f"{before}[-+][0-9]+"
    if separator:
        pattern += f"{separator}[0-9]+"
    return pattern, functools.partial(_offset, skipped=len(before), separator=separator)


def _offset(text: str, skipped: int, separator: str) -> float:
    """Minutes from Greenwich; minutes after the hours always lead east, as 2.0.6 has it."""
    text = text[skipped:]
    if separator:
        hours, _, minutes = text.partition(separator)
    elif len(text) - 1 <= DIGITS_OF_HOURS:
        hours, minutes = text, "0"
    else:
        hours, minutes = text[:3], text[3:]
    return parse_int(hours) * 60 + parse_int(minutes)


def _moment(parts: Parts, now: float) -> float:
    date = _way(parts, DATES, "YXMxWwdD")
    hours = _way(parts, TIMES, "PHhmsf")
    _fill(parts, date + hours, now)
    if date in {"XxwF", "XWF"}:
        raise JException("D3136", -1)
    year, hour = _number(parts, "Y"), _number(parts, "H")
    month = _number(parts, "M") - 1 if _number(parts, "M") > 0 else 0
    day = _number(parts, "D")
    if date == "YD":
        first = date_utc(year) + (_number(parts, "d") - 1) * DAY
        _, month, day = date_of(first)
    if hours == "Phmsf":
        hour = _number(parts, "h") % 12 if parts["h"] == 12 else _number(parts, "h")  # noqa: PLR2004
        hour += 12 if parts["P"] == 1 else 0
    millis = date_utc(year, month, day, hour, *(_number(parts, part) for part in "msf"))
    zone = parts.get("z") if is_none(parts.get("Z")) else parts["Z"]
    return millis if is_none(zone) else millis - _given(zone) * 60_000


def _way(parts: Parts, ways: tuple[tuple[str, str], ...], of: str) -> str:
    """The first way that has a part of those that are there, and lacks none of them."""
    there = {part for part in of if not is_none(parts.get(part))}
    return next((way for said, way in ways if there and there <= set(said)), ways[0][1])


def _fill(parts: Parts, wanted: str, now: float) -> None:
    """Parts before the first are now's, those after the last nought or one.

    Raises:
        JException: D3136, one lacks between.
    """
    given = [parts.get(part) is not None for part in wanted]
    if True not in given:
        parts.update({part: COMPONENTS[part](now) for part in wanted})
        return
    first, last = given.index(True), len(given) - given[::-1].index(True)
    if not all(itertools.islice(given, first, last)):
        raise JException("D3136", -1)
    for part in wanted[:first]:
        parts[part] = math.nan if part == "P" else COMPONENTS[part](now)
    for part in wanted[last:]:
        parts[part] = 1 if part in "MDd" else 0


def _number(parts: Parts, part: str) -> float:
    return _given(parts.get(part))


def _given(number: float | None) -> float:
    return math.nan if number is None else number
