"""What one field's value may be. A rule answers what is wrong with a value, or None."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import is_expression

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[[Any], str | None]

COUNT_MAX = 2**31 - 1
NAME_LENGTH = 80
VARIABLE = re.compile(r"[^\W\d]\w*")
LABEL = re.compile(r"[^\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]{1,40}")


def anything(value: Any) -> str | None:
    """Any JSON value."""
    del value
    return None


def text(value: Any) -> str | None:
    """A string."""
    return None if isinstance(value, str) else "must be a string"


def boolean(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else "must be true or false"


def condition(value: Any) -> str | None:
    """What a Choice rule asks: an expression, or a constant."""
    fine = isinstance(value, bool) or is_expression(value)
    return None if fine else "must be a JSONata expression, or true or false"


def an_object(value: Any) -> str | None:
    """A JSON object."""
    return None if isinstance(value, dict) else "must be an object"


def an_array(value: Any) -> str | None:
    """A JSON array that is not empty."""
    return None if isinstance(value, list) and value else "must be an array that is not empty"


def parts(value: Any) -> str | None:
    """A JSON array, which may be empty."""
    return None if isinstance(value, list) else "must be an array"


def items(value: Any) -> str | None:
    """An array, or an expression that gives one."""
    fine = isinstance(value, list) or is_expression(value)
    return None if fine else "must be an array or a JSONata expression"


def one_of(*values: str) -> Rule:
    """One of these strings."""

    def rule(value: Any) -> str | None:
        return None if value in values else f"must be {' or '.join(values)}"

    return rule


def number(least: float, most: float, *, whole: bool = True) -> Rule:
    """A number between two, both included."""
    kinds = (int,) if whole else (int, float)

    def rule(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, kinds):
            return f"must be a {'whole ' if whole else ''}number"
        return None if least <= value <= most else f"must be from {least} to {most}"

    return rule


def or_expression(rule: Rule) -> Rule:
    """What the rule says, or an expression that gives it."""

    def either(value: Any) -> str | None:
        if is_expression(value):
            return None
        problem = rule(value)
        return f"{problem}, or a JSONata expression" if problem else None

    return either


def names(value: Any) -> str | None:
    """Error names."""
    fine = isinstance(value, list) and value and all(isinstance(each, str) for each in value)
    if not fine:
        return "must name at least one error"
    alone = value == ["States.ALL"] or "States.ALL" not in value
    return None if alone else "States.ALL must stand alone"


def variables(value: Any) -> str | None:
    """An object whose keys can be variables' names."""
    if not isinstance(value, dict):
        return "must be an object"
    for name in value:
        if not VARIABLE.fullmatch(name) or len(name) > NAME_LENGTH or name == "states":
            return f"{name!r} cannot be a variable's name"
    return None


def label(value: Any) -> str | None:
    """A Map Run's label."""
    fine = isinstance(value, str) and LABEL.fullmatch(value)
    return None if fine else "must have up to 40 characters, none of them special"
