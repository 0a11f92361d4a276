"""Is this JSON (RFC 8259)? Asked of msgspec, which builds no values: they may be huge."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    Text = bytes | bytearray

_one = msgspec.json.Decoder(msgspec.Raw).decode
_lines = msgspec.json.Decoder(msgspec.Raw).decode_lines
_many = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
"""Python's own, for values one after the other: msgspec takes one value, or lines."""

SPACE: Final = re.compile(r"[ \t\r\n]*")
PLACE: Final = re.compile(r"\(byte (\d+)\)")
SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def problem_of(text: Text) -> str | None:
    """Why a text is not one JSON value; None if it is."""
    try:
        _asked(_one, text)
    except ValueError as error:
        return str(error)
    return None


def objects_in(line: Text) -> int | None:
    """How many objects a text holds directly after one another; None if it is not just such."""
    text, found, at = bytes(line).decode(), 0, 0
    while (begin := _past_space(text, at)) < len(text):
        end = object_end(text, begin)
        if end is None:
            return None
        found, at = found + 1, end
    return found if found > 1 else None


def object_end(text: str, begin: int) -> int | None:
    """Where the object that begins at a place ends; None if there is none, or not all of it."""
    if not text.startswith("{", begin):
        return None
    return value_end(text, begin)


def value_end(text: str, begin: int) -> int | None:
    """Where the JSON value that begins at a place ends; None if there is none, or not all of it."""
    try:
        return _decoder.raw_decode(text, begin)[1]
    except (ValueError, RecursionError):
        return None


def _past_space(text: str, at: int) -> int:
    return SPACE.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too


def moved(problem: str, by: int) -> str:
    """What is wrong with a piece, its place told as that in the file."""
    return PLACE.sub(lambda found: f"(byte {int(found[1]) + by:,})", problem)


def values_of_lines(text: bytes) -> int | None:
    """How many JSON values a text holds one after the other; None if it is not just such."""
    try:
        return len(_lines(text))
    except (msgspec.DecodeError, RecursionError):
        return None


def elements_of(text: Text) -> int:
    """How many elements an array's text has.

    Raises:
        ValueError: it is no JSON array; says why.
    """
    return len(_asked(_many, text))


def _asked(decode: Callable[[Text], Any], text: Text) -> Any:
    """What msgspec says of a text, with lone surrogates, which it refuses and the grammar allows.

    Raises:
        ValueError: why it is none.
    """
    try:
        return decode(text)
    except msgspec.DecodeError as error:
        if SURROGATE.search(text) is None:
            raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    return _asked(decode, _without_surrogates(text))


def _without_surrogates(text: Text) -> bytearray:
    r"""The text with other characters in their place, as many bytes long.

    What is `\ud800` by its letters alone, after another backslash, is text before and after.
    """
    plain = bytearray(text)
    for found in SURROGATE.finditer(text):
        plain[found.start() + 2 : found.end()] = b"00"
    return plain
