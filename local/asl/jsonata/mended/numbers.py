"""Functions of numbers: a number that JSON has no form for gets JSONata's code."""

from __future__ import annotations

import functools
import math
import operator
import re
from typing import Any, Final

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.parser import Parser
from jsonata.utils import Utils

from local.asl.jsonata.mended.natives import Native, as_float, whole
from local.asl.jsonata.mended.texts import is_function, js_number

NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([Ee][-+]?\d+)?", re.ASCII)
OF_OTHER_BASE: Final = re.compile(r"^0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+$")
"""JSONata's own pattern, in which not each part is held at both ends."""
RADIXES: Final = range(2, 37)
DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
ROUNDED_BELOW: Final = 2**53
"""A float from here on has no fraction to round."""
EXACT: Final = 2**53


def are_numbers(*values: Any) -> bool:
    """Whether all are numbers; a boolean is none."""
    return all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def is_true(value: Any) -> bool:
    """The effective boolean value; of nothing, and of what is not a number, false.

    A function is true, but where it is given to a function: JSONata 2.0.6 has it so.

    Raises:
        JException: D1001, a number that is not finite.
    """
    if isinstance(value, list):
        return any(is_true(each) for each in value)
    if isinstance(value, float):
        return bool(Utils.is_numeric(value)) and value != 0
    if isinstance(value, (Native, Parser.Symbol)):
        return True
    return isinstance(value, (str, bool, int, dict)) and bool(value)


def boolean(value: Any) -> bool | None:
    """`$boolean`, of nothing nothing."""
    return None if value is None else not is_function(value) and is_true(value)


def not_(value: Any) -> bool | None:
    """`$not`, of nothing nothing."""
    return None if value is None else not boolean(value)


def number(value: Any) -> float | None:
    """`$number`, which answers a text that is none with D3030.

    Raises:
        JException: D3030.
    """
    if value is None:
        return None
    return int(value) if isinstance(value, bool) else _of_text(value)


def _of_text(value: Any) -> float:
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    if NUMBER.fullmatch(value) and math.isfinite(float(value)):
        return float(value)
    if OF_OTHER_BASE.search(value):
        try:
            return as_float(int(value, 0) if value[0] == "0" and "_" not in value else math.nan)
        except ValueError:
            return math.nan
    raise JException("D3030", -1, value)


def sum_(values: list[float] | None) -> float | None:
    """`$sum`, which may be infinite."""
    return None if values is None else functools.reduce(operator.add, map(as_float, values), 0.0)


def average(values: list[float] | None) -> float | None:
    """`$average`; of no numbers, nothing."""
    return (sum_(values) or 0.0) / len(values) if values else None


def format_base(value: float | None, radix: float | None = None) -> str | None:
    """`$formatBase`; both arguments are rounded.

    Raises:
        JException: D3100, no base from 2 to 36.
    """
    if value is None:
        return None
    base = 10 if radix is None else whole(round_(radix))
    if base not in RADIXES:
        raise JException("D3100", -1, base)
    rounded = round_(value)
    if base == 10 or not math.isfinite(rounded):  # noqa: PLR2004 - decimal
        return js_number(rounded)
    return ("-" if rounded < 0 else "") + _digits(abs(int(rounded)), base)


def _digits(value: int, base: int) -> str:
    digits = ""
    while value:
        value, last = divmod(value, base)
        digits = DIGITS[last] + digits
    return digits or "0"


def power(base: float | None, exponent: float | None = None) -> float | None:
    """`$power`.

    Raises:
        JException: D3061, the result is no finite real number.
    """
    if base is None:
        return None
    if exponent is None:
        raise JException("D3061", -1, base, exponent)
    try:
        return math.pow(base, exponent)
    except (ValueError, OverflowError):
        raise JException("D3061", -1, base, exponent) from None


def round_(value: float | None, precision: float | None = None) -> Any:
    """`$round`, half to even; a number too large for a fraction stays as it is."""
    if value is None:
        return None
    if precision is not None and not as_float(precision).is_integer():
        return math.nan
    if abs(value) >= ROUNDED_BELOW and (precision or 0) >= 0:
        return value
    return Functions.round(value, precision)


def type_(value: Any) -> Any:
    """`$type`.

    Raises:
        JException: D1001, a number that is not finite.
    """
    Utils.is_numeric(value)
    return Functions.type(value)


def ceil(value: float | None) -> float | None:
    """`$ceil`; what is not finite stays."""
    return math.ceil(value) if value is not None and math.isfinite(value) else value


def floor(value: float | None) -> float | None:
    """`$floor`; what is not finite stays."""
    return math.floor(value) if value is not None and math.isfinite(value) else value
