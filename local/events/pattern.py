"""Event patterns (EventBridge guide, "Comparison operators for use in event patterns")."""

from __future__ import annotations

import ipaddress
import operator
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = Any

COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


def matches(pattern: dict[str, Json], event: dict[str, Json]) -> bool:
    """Whether an event has every field that the pattern names, each with a wanted value.

    Raises:
        ValueError: the pattern has an operator that EventBridge does not.
    """
    return all(_field(name, wanted, event) for name, wanted in pattern.items())


def _field(name: str, wanted: Json, event: dict[str, Json]) -> bool:
    if name == "$or":
        return any(matches(each, event) for each in wanted)
    value = event.get(name)
    if isinstance(wanted, dict):
        inner = [each for each in _flat(value) if isinstance(each, dict)]
        return any(matches(wanted, each) for each in inner or [{}])
    leaves = [each for each in _flat(value) if not isinstance(each, dict)] if name in event else []
    return any(_wanted(each, leaves) for each in wanted)


def _flat(value: Json) -> Iterator[Json]:
    """The values of a field: an array stands for any of its elements."""
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def _wanted(wanted: Json, leaves: list[Json]) -> bool:
    if not isinstance(wanted, dict):
        return any(_same(wanted, each) for each in leaves)
    ((name, operand),) = wanted.items()
    if name == "exists":
        return bool(operand == bool(leaves))
    holds = _operator(name)
    return any(holds(operand, each) for each in leaves)


def _same(wanted: Json, value: Json) -> bool:
    """Numbers are compared as they are written: 300 is not 300.0; and 1 is not true."""
    return type(wanted) is type(value) and bool(wanted == value)


def _operator(name: str) -> Callable[[Json, Json], bool]:
    try:
        return OPERATORS[name]
    except KeyError:
        raise ValueError(f"unrecognized match type {name}") from None


def _prefix(operand: Json, value: Json) -> bool:
    return any(a.startswith(b) for a, b in _texts(operand, value))


def _suffix(operand: Json, value: Json) -> bool:
    return any(a.endswith(b) for a, b in _texts(operand, value))


def _wildcard(operand: Json, value: Json) -> bool:
    return any(_like(b).fullmatch(a) is not None for a, b in _texts(operand, value))


def _equals_ignore_case(operand: Json, value: Json) -> bool:
    return any(a == b for a, b in _texts({"equals-ignore-case": operand}, value))


def _texts(operand: Json, value: Json) -> Iterator[tuple[str, str]]:
    """The value with each text of the operand, both in small letters where case is ignored."""
    if not isinstance(value, str):
        return
    if isinstance(operand, dict):
        inner = operand["equals-ignore-case"]
        yield from ((a.lower(), b.lower()) for a, b in _texts(inner, value))
        return
    for each in operand if isinstance(operand, list) else [operand]:
        yield value, each


def _numeric(operand: list[Json], value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(COMPARISONS[sign](value, limit) for sign, limit in pairs)


def _cidr(operand: str, value: Json) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(operand)
    except ValueError:
        return False


def _anything_but(operand: Json, value: Json) -> bool:
    if isinstance(operand, dict):
        ((name, inner),) = operand.items()
        return not _operator(name)(inner, value)
    unwanted = operand if isinstance(operand, list) else [operand]
    return not any(_same(each, value) for each in unwanted)


@lru_cache(1024)
def _like(pattern: str) -> re.Pattern[str]:
    """`*` stands for anything; after a backslash, `*` and the backslash stand for themselves."""
    parts = re.findall(r"\\[*\\]|.", pattern, re.DOTALL)
    text = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)
    return re.compile(text, re.DOTALL)


OPERATORS: dict[str, Callable[[Json, Json], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
    "equals-ignore-case": _equals_ignore_case,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
}
