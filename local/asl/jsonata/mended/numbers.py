"""Functions of numbers: a number that JSON has no form for gets JSONata's code."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from jsonata.datetimeutils import DateTimeUtils
from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.utils import Utils

NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([Ee][-+]?\d+)?", re.ASCII)
PREFIXES: Final = {"0x": 16, "0X": 16, "0o": 8, "0O": 8, "0b": 2, "0B": 2}
ROUNDED_BELOW: Final = 2**53
"""A float from here on has no fraction to round."""
EXACT: Final = 2**53
SCALED: Final = re.compile("[%‰eE]")


def are_numbers(*values: Any) -> bool:
    """Whether all are numbers; a boolean is none."""
    return all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def number(value: Any) -> float | None:
    """`$number`, which answers a text that is none with D3030.

    Raises:
        JException: D3030; T0410 for null.
    """
    if value is None:
        return None
    if value is Utils.NULL_VALUE:
        raise JException("T0410", -1, 1, "number")
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, (int, float)) else _number_of(value)


def _number_of(text: str) -> float:
    base = PREFIXES.get(text[:2])
    try:
        found = int(text[2:], base) if base else _decimal(text)
    except ValueError:
        raise JException("D3030", -1, text) from None
    if not math.isfinite(found):
        raise JException("D3030", -1, text)
    return found


def _decimal(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    found = float(text)
    return int(found) if found.is_integer() and abs(found) < EXACT else found


def power(base: float | None, exponent: float) -> float | None:
    """`$power`.

    Raises:
        JException: D3061, the result is no finite real number.
    """
    if base is None:
        return None
    try:
        return _as_json(math.pow(base, exponent))
    except (ValueError, OverflowError):
        raise JException("D3061", -1, base, exponent) from None


def _as_json(value: float) -> float:
    return int(value) if value.is_integer() and abs(value) < EXACT else value


def round_(value: float | None, precision: float | None = None) -> Any:
    """`$round`, half to even; a number too large for a fraction stays as it is."""
    if value is not None and abs(value) >= ROUNDED_BELOW and (precision or 0) >= 0:
        return value
    return Functions.round(value, precision)


def format_number(value: float | None, picture: str, options: dict[str, str] | None = None) -> Any:
    """`$formatNumber`, half to even by the number's decimal digits.

    Raises:
        JException: D3080 to D3093.
    """
    if value is None:
        return None
    if options is None:
        _check_picture(picture)
        value = _rounded_for(value, picture)
    return Functions.format_number(value, picture, options)


def _check_picture(picture: str) -> None:
    """Refuse what the library lets pass, or names by another code."""
    if picture and not any(each in "0123456789#" for each in picture):
        # The check for passive characters comes last, and its error wins.
        raise JException("D3086" if any(each not in ".,;" for each in picture) else "D3085", -1)
    for sub_picture in picture.split(";"):
        if re.search(r"[\d#.,][^\d#.,eE]+[\d#]", sub_picture):
            raise JException("D3086", -1)
        if re.search(r"^[^.]*\d[\d,]*#", sub_picture):
            raise JException("D3090", -1)


def _rounded_for(value: float, picture: str) -> float:
    sub_picture = picture.split(";", maxsplit=1)[0]
    if SCALED.search(sub_picture) or not math.isfinite(value):
        return value
    _, _, fraction = sub_picture.partition(".")
    rounded = round_(value, sum(each.isdigit() or each == "#" for each in fraction))
    return float(rounded) if rounded else value  # a 0 keeps the sign


def format_integer(value: float | None, picture: str) -> Any:
    """`$formatInteger` of the whole number at or below.

    Raises:
        JException: D3130, the picture is of a kind that is not supported.
    """
    if value is None:
        return None
    _check_integer_picture(picture)
    return DateTimeUtils.format_integer(math.floor(value), picture)


def parse_integer(text: str | None, picture: str) -> float | None:
    """`$parseInteger`; not a number (null in JSON) for a text that is none.

    Raises:
        JException: D3130, the picture is of a kind that is not supported.
    """
    if text is None:
        return None
    _check_integer_picture(picture)
    try:
        found: float | None = DateTimeUtils.parse_integer(text, picture)
    except (ValueError, KeyError):
        return math.nan
    return found


def _check_integer_picture(picture: str) -> None:
    primary = picture.rpartition(";")[0] or picture
    if primary in {"w", "W", "Ww", "A", "a", "I", "i"} or any(c.isdecimal() for c in primary):
        return
    raise JException("D3130", -1, primary)
