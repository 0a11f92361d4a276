"""JSON's values as the library has them, and back: Python's None is nothing there, not null."""

from __future__ import annotations

import math
from typing import Any, Final

from jsonata.utils import Utils

from local.asl.jsonata.mended.natives import whole
from local.asl.jsonata.mended.utf16 import json_text

REMEMBERED: Final = 8
UNSUPPORTED: Final = "returned an unsupported result type."
"""A function, say (recorded on AWS)."""


class ResultError(Exception):
    """The expression returned what is no result; str() says what."""


def plain(value: Any) -> Any:
    """A JSON value of what the library answers: its null and its sequences become Python's.

    Raises:
        ResultError: there is something in it that JSON has no form for, such as a function.
    """
    if isinstance(value, str):
        return value if value.isascii() else json_text(value)
    if isinstance(value, (bool, int)):
        return value
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {
            key if key.isascii() else json_text(key): plain(inner) for key, inner in value.items()
        }
    if isinstance(value, (list, tuple, range)):
        return [plain(inner) for inner in value]
    raise ResultError(UNSUPPORTED)


def with_nulls(value: Any) -> Any:
    """A JSON value with JSONata's null for Python's, which the library takes for nothing.

    What has no null in it is not copied: `repr` tells that many times faster than a walk through
    the value, which each state's expressions would wait for.
    """
    return _with_nulls(value) if "None" in repr(value) else value


class Inputs:
    """Values as the library has them, of which the last few are remembered.

    One state's expressions are evaluated on one input, and the next states' often on the same. The
    values must not be changed in place, which the interpreter does with none of them.
    """

    def __init__(self) -> None:
        self._recent: tuple[tuple[Any, Any], ...] = ()

    def with_nulls(self, value: Any) -> Any:
        """As `with_nulls`."""
        if not isinstance(value, (dict, list)):
            return Utils.NULL_VALUE if value is None else value
        for known, converted in self._recent:
            if known is value:
                return converted
        converted = with_nulls(value)
        self._recent = ((value, converted), *self._recent[: REMEMBERED - 1])
        return converted


def _with_nulls(value: Any) -> Any:
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {key: _with_nulls(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_nulls(each) for each in value]
    return value


def _number(value: float) -> float | None:
    """A number as JSON has it; one that is not finite is null, as JavaScript writes it."""
    if not math.isfinite(value):
        return None
    return whole(value)  # type: ignore[no-any-return]
