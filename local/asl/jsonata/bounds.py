"""What one evaluation may take, as on AWS: so deep, so large, so many steps.

Measured on AWS in 2026: expressions nested about 100 deep, and values of about 7 MB (a range of
200,000 numbers passes, one of 500,000 does not), end in States.QueryEvaluationError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonata.jsonata import Jsonata

DEPTH: Final = 100
ITEMS: Final = 400_000
CHARACTERS: Final = 7_000_000
STEPS: Final = 2_000_000
"""Some ten seconds, which only a runaway evaluation takes; ours, not measured."""


class BoundError(ValueError):
    """An evaluation went over a bound."""


class Bounds:
    """Watches one expression's evaluations, one at a time."""

    def __init__(self, expression: Jsonata) -> None:
        self._steps = self._depth = 0
        expression.environment.set_evaluate_entry_callback(self._enter)
        expression.environment.set_evaluate_exit_callback(self._leave)

    def begin(self) -> None:
        """Count from 0 again."""
        self._steps = self._depth = 0

    def _enter(self, *_: Any) -> None:
        self._steps += 1
        self._depth += 1
        if self._depth > DEPTH or self._steps > STEPS:
            self._refuse()

    def _refuse(self) -> None:
        if self._depth > DEPTH:
            raise BoundError(f"the expression is nested more than {DEPTH} deep")
        raise BoundError("the evaluation took too many steps")

    def _leave(self, _expression: Any, _input: Any, _environment: Any, result: Any) -> None:
        self._depth -= 1
        if isinstance(result, (list, str)):
            check_size(result)


def check_size(value: Any) -> None:
    """Refuse a value that is larger than an evaluation may hold.

    Raises:
        BoundError: it is.
    """
    if isinstance(value, list) and len(value) > ITEMS:
        raise BoundError(f"an array has more than {ITEMS:,} items")
    if isinstance(value, str) and len(value) > CHARACTERS:
        raise BoundError(f"a text has more than {CHARACTERS:,} characters")
