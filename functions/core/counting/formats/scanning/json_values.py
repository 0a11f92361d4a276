"""Is this JSON (RFC 8259)? Asked of msgspec, which builds no values: they may be huge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    Text = bytes | bytearray
    View = Text | memoryview

_one = msgspec.json.Decoder(msgspec.Raw).decode
_lines = msgspec.json.Decoder(msgspec.Raw).decode_lines
_many = msgspec.json.Decoder(list[msgspec.Raw]).decode

SPACE: Final = b" \t\r\n"
PAST_SPACE: Final = re.compile(rb"[ \t\r\n]*")
PLACE: Final = re.compile(r"\(byte (\d+)\)")
TRAILING: Final = "JSON is malformed: trailing characters (byte "
SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")

TOO_DEEP: Final = "nested too deep"
LONGEST_WORD: Final = 16
"""An error so near to the end may be one of the cut, as of `fal` or `1.`: it is no fault yet."""


def problem_of(text: Text) -> str | None:
    """Why a text is not one JSON value; None if it is."""
    try:
        _with_surrogates(_one, text)
    except ValueError as error:
        return str(error)
    return None


def objects_in(line: Text) -> int | None:
    """How many objects a text holds directly after one another; None if it is not just such."""
    found, at = 0, past_space(line, 0)
    plain = without_surrogates(line)
    while at < len(plain):
        end = _end_of_object(plain, at)
        if end is None:
            return None
        found, at = found + 1, past_space(plain, end)
    return found if found > 1 else None


def _end_of_object(text: Text, begin: int) -> int | None:
    """Where the object ends that begins there; None if there is none, or not all of one."""
    if not text.startswith(b"{", begin):
        return None
    try:
        return value_end(text, begin, whole=False)
    except ValueError:
        return None


def value_end(text: Text, begin: int, *, whole: bool) -> int | None:
    """Where the JSON value that begins at a place ends; None if the text does not hold all of it.

    `whole` says that no more text can follow. The text is one `without_surrogates`.

    Raises:
        ValueError: there is no value, and why.
    """
    try:
        _one(memoryview(text)[begin:])
        end = len(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except msgspec.DecodeError as error:
        problem = str(error)
        after = past_value(problem)
        if after is None:
            if not whole and _is_of_the_cut(problem, len(text) - begin):
                return None
            raise ValueError(problem) from None
        end = begin + after
    while text[end - 1] in SPACE:
        end -= 1
    return end


def _is_of_the_cut(problem: str, size: int) -> bool:
    place = PLACE.search(problem)
    if place is None:
        return "truncated" in problem
    return int(place[1]) >= size - LONGEST_WORD


def past_value(problem: str) -> int | None:
    """Where something follows the text's value, if that is what is wrong with the text."""
    if not problem.startswith(TRAILING):
        return None
    return int(problem[len(TRAILING) : -1]) - 1  # msgspec has taken the character


def past_space(text: Text, at: int) -> int:
    """The first place from there on where no white space is."""
    return PAST_SPACE.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too


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
    return len(_with_surrogates(_many, text))


def _with_surrogates(decode: Callable[[View], Any], text: Text) -> Any:
    """What msgspec reads; it refuses lone surrogates, which the grammar allows.

    Raises:
        ValueError: why it is none.
    """
    try:
        return _decoded(decode, text)
    except ValueError:
        if SURROGATE.search(text) is None:
            raise
    return _decoded(decode, without_surrogates(text))


def _decoded(decode: Callable[[View], Any], text: View) -> Any:
    try:
        return decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def without_surrogates(text: Text) -> Text:
    r"""The text with other characters in their place, as many bytes long.

    What is `\ud800` by its letters alone, after another backslash, is text before and after.
    """
    if SURROGATE.search(text) is None:
        return text
    plain = bytearray(text)
    for found in SURROGATE.finditer(text):
        plain[found.start() + 2 : found.end()] = b"00"
    return plain
