"""`$string` and what writes as it does: JavaScript's numbers and JSON texts."""

from __future__ import annotations

import json
import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

SIGNIFICANT: Final = Context(prec=15, rounding=ROUND_HALF_UP)
"""The digits that `$string` keeps of a number (JSONata reference, `$string`)."""
PLAIN_BELOW: Final = 1e21
PLAIN_FROM: Final = 1e-6
"""Between these a number has no exponent (ECMA-262, Number::toString)."""


def string(value: Any, prettify: bool | None = None) -> str | None:  # noqa: FBT001 - called by place
    """`$string` of a value; None for nothing.

    Raises:
        JException: D3001, the value is a number that is not finite.
    """
    if isinstance(value, Utils.JList) and value.outer_wrapper:
        value = value[0]
    if value is None or isinstance(value, str):
        return value
    if is_function(value):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        raise JException("D3001", -1, str(value))
    return _written(value, "\n" if prettify else None)


def json_of(value: Any) -> str:
    """Any value as JavaScript's JSON has it, with all digits of its numbers."""
    if isinstance(value, float):
        return js_number(value) if math.isfinite(value) else "null"
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else _written(value, None)
    )


def is_function(value: Any) -> bool:
    """Whether a value is a function."""
    return isinstance(value, (Jsonata.JFunction, Jsonata.JLambda, Parser.Symbol))


def _written(value: Any, line: str | None) -> str:
    if isinstance(value, dict):
        colon = ":" if line is None else ": "
        inner = [f"{_scalar(k)}{colon}{_written(v, _deeper(line))}" for k, v in value.items()]
        return _enclosed("{}", inner, line)
    if isinstance(value, (list, tuple, range)):
        return _enclosed("[]", [_written(each, _deeper(line)) for each in value], line)
    return _scalar(value)


def _deeper(line: str | None) -> str | None:
    return None if line is None else f"{line}  "


def _enclosed(brackets: str, inner: list[str], line: str | None) -> str:
    if line is None or not inner:
        return f"{brackets[0]}{','.join(inner)}{brackets[1]}"
    return f"{brackets[0]}{_deeper(line)}{f',{_deeper(line)}'.join(inner)}{line}{brackets[1]}"


def _scalar(value: Any) -> str:
    if value is None or value is Utils.NULL_VALUE:
        return "null"
    if is_function(value):
        return '""'
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        rounded = float(SIGNIFICANT.create_decimal(value))
        return js_number(rounded) if math.isfinite(rounded) else "null"
    return json.dumps(value, ensure_ascii=False)


def js_number(value: float) -> str:
    """A finite number as JavaScript writes it: the fewest digits that give it back."""
    if value == 0:
        return "0"
    shortest = Decimal(repr(float(value))).normalize()
    if PLAIN_FROM <= abs(value) < PLAIN_BELOW:
        return f"{shortest:f}"
    return f"{shortest:e}"


def lowercase(text: str | None) -> str | None:
    """`$lowercase`, which keeps a sharp s."""
    return None if text is None else text.lower()


def error(message: str | None = None) -> None:
    """`$error`.

    Raises:
        JException: D3137, with the message.
    """
    raise JException("D3137", -1, message or "$error() function evaluated")


def assert_(condition: bool | None, message: str | None = None) -> None:  # noqa: FBT001 - by place
    """`$assert`.

    Raises:
        JException: D3141, the condition does not hold.
    """
    if not condition:
        raise JException("D3141", -1, message or "$assert() statement failed")


def substring(text: str | None, start: float | None = None, length: float | None = None) -> Any:
    """`$substring`, whose numbers need not be finite."""
    if text is None:
        return None
    return Functions.substring(text, _within(start, text), _within(length, text))


def _within(number: float | None, text: str) -> float | None:
    if number is None or math.isfinite(number):
        return number
    return 0 if math.isnan(number) else math.copysign(len(text), number)
