"""What one evaluation may take, as on AWS: so deep, so large, so many steps.

Measured on AWS in 2026: expressions nested about 100 deep, and values of about 7 MB (a range of
200,000 numbers passes, one of 500,000 does not), end in States.QueryEvaluationError.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

DEPTH: Final = 100
ITEMS: Final = 400_000
CHARACTERS: Final = 7_000_000
STEPS: Final = 2_000_000
"""Some ten seconds, which only a runaway evaluation takes; ours, not measured."""


class BoundError(ValueError):
    """An evaluation went over a bound."""


def refuse(depth: int) -> NoReturn:
    """End an evaluation that is too deep, or else has taken too many steps.

    Raises:
        BoundError: always.
    """
    if depth > DEPTH:
        raise BoundError(f"the expression is nested more than {DEPTH} deep")
    raise BoundError("the evaluation took too many steps")


def check_size(value: Any) -> None:
    """Refuse a value that is larger than an evaluation may hold.

    Raises:
        BoundError: it is.
    """
    if isinstance(value, list) and len(value) > ITEMS:
        raise BoundError(f"an array has more than {ITEMS:,} items")
    if isinstance(value, str) and len(value) > CHARACTERS:
        raise BoundError(f"a text has more than {CHARACTERS:,} characters")
