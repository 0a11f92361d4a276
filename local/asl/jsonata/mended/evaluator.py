"""The evaluator, where it does otherwise than JSONata 2.0.6 or raises Python's errors."""

from __future__ import annotations

import math
from typing import Any

from jsonata.jsonata import Jsonata

from local.asl.jsonata.mended import grammar
from local.asl.jsonata.mended.arrays import includes
from local.asl.jsonata.mended.numbers import are_numbers
from local.asl.jsonata.mended.regular_expressions import compiled_pattern
from local.asl.jsonata.mended.texts import string


class MendedJsonata(Jsonata):  # type: ignore[misc] # the library has no types
    """A compiled expression that computes as the JavaScript implementation does."""

    def __init__(self, text: str) -> None:
        with grammar.as_jsonata_has_it(Jsonata.get_parser(), text):
            super().__init__(text, compiled_pattern)

    def evaluate_numeric_expression(self, lhs: Any, rhs: Any, op: str | None) -> Any:
        """As the library; a division gives what IEEE 754 says, a remainder keeps its fraction."""
        if op in {"/", "%"} and are_numbers(lhs, rhs):
            return _divided(lhs, rhs) if op == "/" else _remainder(lhs, rhs)
        return super().evaluate_numeric_expression(lhs, rhs, op)

    def evaluate_includes_expression(self, lhs: Any, rhs: Any) -> bool:
        """`in`: equal as JavaScript's `===` has it, so true is not 1, and objects never are."""
        return includes(lhs, rhs)

    def evaluate_string_concat(self, lhs: Any, rhs: Any) -> str:
        """`&`: both sides as `$string` writes them."""
        return (string(lhs) or "") + (string(rhs) or "")


def _divided(lhs: float, rhs: float) -> float:
    if rhs == 0:
        return math.nan if lhs == 0 else math.copysign(math.inf, lhs) * math.copysign(1, rhs)
    return _whole(lhs / rhs)


def _remainder(lhs: float, rhs: float) -> float:
    return math.nan if rhs == 0 or math.isinf(lhs) else _whole(math.fmod(lhs, rhs))


def _whole(value: float) -> float:
    return int(value) if math.isfinite(value) and value.is_integer() else value
