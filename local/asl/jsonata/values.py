"""JSON's values as the library has them, and back: Python's None is nothing there, not null."""

from __future__ import annotations

import math
import operator
from typing import Any, Final

from jsonata.utils import Utils

from local.asl.jsonata.mended.natives import whole
from local.asl.jsonata.mended.utf16 import json_text

UNSUPPORTED: Final = "returned an unsupported result type."
"""A function, say (recorded on AWS)."""


class ResultError(Exception):
    """The expression returned what is no result; str() says what."""


def plain(value: Any) -> Any:
    """A JSON value of what the library answers: its null and its sequences become Python's.

    Raises:
        ResultError: there is something in it that JSON has no form for, such as a function.
    """
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, str):
        return json_text(value)
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {json_text(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(inner) for inner in value]
    raise ResultError(UNSUPPORTED)


def with_nulls(value: Any) -> Any:
    """A JSON value with JSONata's null for Python's, which the library takes for nothing.

    What has no null in it is not copied.
    """
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        inner = {key: with_nulls(each) for key, each in value.items()}
        return inner if any(inner[key] is not each for key, each in value.items()) else value
    if isinstance(value, list):
        items = [with_nulls(each) for each in value]
        return items if any(map(operator.is_not, items, value)) else value
    return value


def _number(value: float) -> float | None:
    """A number as JSON has it; one that is not finite is null, as JavaScript writes it."""
    if not math.isfinite(value):
        return None
    return whole(value)  # type: ignore[no-any-return]
