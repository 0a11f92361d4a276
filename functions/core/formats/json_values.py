"""Is this JSON (RFC 8259)? Asked of msgspec first, and of Python's parser where that says no."""

from __future__ import annotations

import json

import msgspec

_one = msgspec.json.Decoder(msgspec.Raw).decode
_lines = msgspec.json.Decoder(msgspec.Raw).decode_lines
_many = msgspec.json.Decoder(list[msgspec.Raw]).decode


def problem_of(text: bytes) -> str | None:
    """Why a text is not one JSON value; None if it is."""
    try:
        _one(text)
    except (msgspec.DecodeError, RecursionError):
        return _second_opinion(text)
    return None


def values_of_lines(text: bytes) -> int | None:
    """How many JSON values a text holds one after the other; None if it is not just such."""
    try:
        return len(_lines(text))
    except (msgspec.DecodeError, RecursionError):
        return None


def elements_of(text: bytes) -> int:
    """How many elements an array's text has.

    Raises:
        ValueError: it is no JSON array; says why.
    """
    try:
        return len(_many(text))
    except (msgspec.DecodeError, RecursionError):
        problem = _second_opinion(text)
        if problem is not None:
            raise ValueError(problem) from None
    return len(json.loads(text))


def _second_opinion(text: bytes) -> str | None:
    """Msgspec refuses lone surrogates, which the grammar allows."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        return "nested too deep"
    except ValueError as error:
        return str(error)
    return None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")
