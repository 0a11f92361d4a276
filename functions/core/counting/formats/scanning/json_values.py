"""Is this JSON (RFC 8259)? Asked of msgspec, which builds no values: they may be huge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    Text = bytes | bytearray

_one = msgspec.json.Decoder(msgspec.Raw).decode
_lines = msgspec.json.Decoder(msgspec.Raw).decode_lines
_many = msgspec.json.Decoder(list[msgspec.Raw]).decode

SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def problem_of(text: Text) -> str | None:
    """Why a text is not one JSON value; None if it is."""
    try:
        _asked(_one, text)
    except ValueError as error:
        return str(error)
    return None


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
