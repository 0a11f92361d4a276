"""Faults of jsonata-python 0.7, mended: each with its case in tests/local/asl/jsonata.

A part of this goes when the library has mended its own.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata

NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([Ee][-+]?\d+)?", re.ASCII)
PREFIXES: Final = {"0x": 16, "0X": 16, "0o": 8, "0O": 8, "0b": 2, "0B": 2}


class MendedJsonata(Jsonata):  # type: ignore[misc] # the library has no types
    """The evaluator, where it raises Python's errors instead of JSONata's."""

    def evaluate_numeric_expression(self, lhs: Any, rhs: Any, op: str | None) -> Any:
        """As the library; a division by zero gives what IEEE 754 says, as in JavaScript."""
        if op in {"/", "%"} and rhs == 0 and _are_numbers(lhs, rhs):
            if op == "%" or lhs == 0:
                return math.nan
            return math.copysign(math.inf, lhs) * math.copysign(1, rhs)
        return super().evaluate_numeric_expression(lhs, rhs, op)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def number(value: Any) -> float | None:
    """`$number`, which answers a text that is none with D3030.

    Raises:
        JException: D3030.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    base = PREFIXES.get(value[:2])
    try:
        found = int(value[2:], base) if base else _decimal(value)
    except ValueError:
        raise JException("D3030", -1, value) from None
    if not math.isfinite(found):
        raise JException("D3030", -1, value)
    return found


def _decimal(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    found = float(text)
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def count(value: Any) -> int:
    """`$count`, which takes null for one value."""
    if value is None:
        return 0
    return len(value) if isinstance(value, list) else 1


def format_number(value: float | None, picture: str, options: dict[str, str] | None = None) -> Any:
    """`$formatNumber`, which says of a picture without any digit what JSONata says.

    Raises:
        JException: D3080 to D3093.
    """
    if value is None:
        return None
    if not any(each in "0123456789#" for each in picture) and options is None and picture:
        # The check for passive characters comes last, and its error wins.
        passive = any(each not in ".,;" for each in picture)
        raise JException("D3086" if passive else "D3085", -1)
    return Functions.format_number(value, picture, options)


def _function(name: str, signature: str, implementation: Any) -> Jsonata.JFunction:
    made = Jsonata.JFunction(Jsonata.JLambda(implementation), signature)
    made.signature.function_name = name
    return made


FUNCTIONS: Final = {
    "count": _function("count", "<x?:n>", count),
    "number": _function("number", "<(nsb)-:n>", number),
    "formatNumber": _function("formatNumber", "<n-so?:s>", format_number),
}
"""In place of the library's own."""
