"""What one field's value may be. A rule answers what is wrong with a value, or None.

The words are AWS's where they are known (measured by ValidateStateMachineDefinition in August and
September 2026); ours begin with a small letter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import is_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Rule = Callable[[Any], str | None]

COUNT_MAX = 2**31 - 1
ITEMS_MAX = 100_000_000
NAME_LENGTH = 80
LABEL_LENGTH = 40
VARIABLE = re.compile(r"[^\W\d]\w*")
LABEL = re.compile(r"[^\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]{1,40}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
EMPTY = "Value cannot be empty"
ALL_IS_ALONE = "States.ALL must appear alone and at end of list"


def anything(value: Any) -> str | None:
    """Any JSON value."""
    del value
    return None


def _of_type(value: Any, kind: type, name: str) -> str | None:
    return None if isinstance(value, kind) else f"Expected value of type [{name}]"


def text(value: Any) -> str | None:
    """A string."""
    return _of_type(value, str, "STRING")


def boolean(value: Any) -> str | None:
    """True or false."""
    return _of_type(value, bool, "BOOLEAN")


def condition(value: Any) -> str | None:
    """What a Choice rule asks: an expression, or a constant."""
    fine = isinstance(value, bool) or is_expression(value)
    return None if fine else "must be a JSONata expression, or true or false"


def an_object(value: Any) -> str | None:
    """A JSON object."""
    return _of_type(value, dict, "OBJECT")


def parts(value: Any) -> str | None:
    """A JSON array, which may be empty."""
    return _of_type(value, list, "ARRAY")


def an_array(value: Any) -> str | None:
    """A JSON array that is not empty."""
    return EMPTY if value == [] else parts(value)


def items(value: Any) -> str | None:
    """An array, or an expression that gives one."""
    fine = isinstance(value, list) or is_expression(value)
    return None if fine else "must be an array or a JSONata expression"


def moment(value: Any) -> str | None:
    """A time with its zone, or an expression that gives one."""
    if not isinstance(value, str):
        return text(value)
    fine = MOMENT.fullmatch(value) or is_expression(value)
    return None if fine else "String does not match RFC3339 timestamp"


def pointer(value: Any) -> str | None:
    """A JSON Pointer (RFC 6901)."""
    if not isinstance(value, str):
        return text(value)
    return None if value.startswith("/") else "must be a JSON Pointer, such as /data/items"


def one_of(*values: str) -> Rule:
    """One of these strings."""

    def rule(value: Any) -> str | None:
        if not isinstance(value, str):
            return text(value)
        one = f"Value should be one of the following: [{', '.join(values)}]"
        return None if value in values else one

    return rule


def number(least: float, most: float, *, whole: bool = True) -> Rule:
    """A number between two, both included."""
    kinds, kind = ((int,), int) if whole else ((int, float), float)

    def rule(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, kinds):
            return f"Expected value of type {'Integer' if whole else 'Float'}"
        if value < least:
            return f"Minimum value is {kind(least)}"
        return f"Maximum value is {kind(most)}" if value > most else None

    return rule


def or_expression(rule: Rule) -> Rule:
    """What the rule says, or an expression that gives it."""
    return lambda value: None if is_expression(value) else rule(value)


def names(value: Any) -> str | None:
    """Error names."""
    if not isinstance(value, list):
        return parts(value)
    if not value:
        return EMPTY
    if not all(isinstance(each, str) for each in value):
        return text(None)
    return None if value == ["States.ALL"] or "States.ALL" not in value else ALL_IS_ALONE


def variable_problem(name: str) -> tuple[str, str] | None:
    """Why a variable cannot be named so: AWS's code and words."""
    if name == "states":
        return "RESERVED_VARIABLE_NAME", "Cannot assign to reserved variable '$states'."
    why = "" if VARIABLE.fullmatch(name) else "the variable name contains invalid characters."
    why = why or (f"it has more than {NAME_LENGTH} characters." if len(name) > NAME_LENGTH else "")
    return ("INVALID_VARIABLE_NAME", f"Invalid variable name '{name}': {why}") if why else None


def one_field(value: Iterable[str], names_: tuple[str, ...]) -> str | None:
    """What is wrong where exactly one of some fields must be there."""
    found = sum(name in value for name in names_)
    listed = f"one of the following fields: [{', '.join(names_)}]"
    if found > 1:
        return f"There should only be {listed}"
    return None if found else f"This object should have only {listed}"
