"""`$formatInteger` and `$parseInteger`: XPath's integer pictures as JSONata 2.0.6 reads them.

The library goes other ways for irregular groups, modifiers that are none, and most pictures of
times, which are made of these.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from jsonata.jexception import JException

from local.asl.jsonata.mended.number_words import (
    in_letters,
    in_roman,
    in_words,
    of_letters,
    of_roman,
    of_words,
)
from local.asl.jsonata.mended.texts import js_number

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["decimal", "letters", "roman", "words", "sequence"]
KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("A", "a"), "letters"),
    **dict.fromkeys(("I", "i"), "roman"),
    **dict.fromkeys(("W", "Ww", "w"), "words"),
}
ZEROS: Final = (
    *(0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66),
    *(0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90),
    *(0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0),
    0xFF10,
)
"""The zero of each decimal digit group in Unicode's first plane, but for the newest."""
SUFFIXES: Final = {"1": "st", "2": "nd", "3": "rd"}
LEADING_INTEGER: Final = re.compile(r"\s*([-+]?)(0[xX][0-9A-Fa-f]*|[0-9]+)")
MOST_ROMAN: Final = 10_000_000
"""From about here on JavaScript's stack overflows."""


@dataclass(frozen=True)
class IntegerPicture:
    """How a whole number is written.

    `groups` are the separators, each with the number of digits to its right, from the right.
    """

    token: str
    kind: Kind
    ordinal: bool
    zero: int = ord("0")
    mandatory: float = 0
    optional: int = 0
    groups: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_upper(self) -> bool:
        """Whether letters, numerals and words are in capitals."""
        return self.token in {"A", "I", "W"}

    @functools.cached_property
    def regular(self) -> tuple[int, str] | None:
        """The distance and the one separator, if the groups repeat without end."""
        if len({character for _, character in self.groups}) != 1:
            return None
        places = [place for place, _ in self.groups]
        distance = functools.reduce(math.gcd, places)
        wanted = {distance * times for times in range(1, len(places) + 1)}
        return (distance, self.groups[0][1]) if distance and wanted <= set(places) else None


def analysed(picture: str) -> IntegerPicture:
    """A picture such as `#,##0;o`.

    Raises:
        JException: D3131, digits of two groups.
    """
    token, semicolon, modifier = picture.rpartition(";")
    token = token if semicolon else picture
    ordinal = bool(semicolon) and modifier.startswith("o")
    if token in KINDS:
        return IntegerPicture(token, KINDS[token], ordinal)
    digits = [character for character in token if _zero_of(character) is not None]
    zeros = {_zero_of(character) for character in digits}
    if len(zeros) > 1:
        raise JException("D3131", -1)
    if not digits:
        return IntegerPicture(token, "sequence", ordinal)
    zero = _zero_of(digits[0]) or 0
    return IntegerPicture(
        token, "decimal", ordinal, zero, len(digits), token.count("#"), _groups(token)
    )


def _zero_of(character: str) -> int | None:
    return next((zero for zero in ZEROS if 0 <= ord(character) - zero <= 9), None)  # noqa: PLR2004


def _groups(token: str) -> list[tuple[int, str]]:
    groups, right = [], 0
    for character in reversed(token):
        if character == "#" or _zero_of(character) is not None:
            right += 1
        else:
            groups.append((right, character))
    return groups


def written(value: float, picture: IntegerPicture) -> str:
    """A whole number by its picture.

    Raises:
        JException: D3130, a picture that has no digit; D1001, the number is too large.
    """
    size = abs(value)
    if picture.kind == "sequence":
        raise JException("D3130", -1, picture.token)
    if math.isinf(size) or (picture.kind == "roman" and size >= MOST_ROMAN):
        raise JException("D1001", -1, value)
    return ("-" if value < 0 else "") + WRITERS[picture.kind](size, picture)


def _in_words(value: float, picture: IntegerPicture) -> str:
    words = in_words(value, ordinal=picture.ordinal)
    if picture.is_upper:
        return words.upper()
    return words if picture.token.istitle() else words.lower()


def _in_roman(value: float, picture: IntegerPicture) -> str:
    return in_roman(value).upper() if picture.is_upper else in_roman(value)


def _decimal(value: float, picture: IntegerPicture) -> str:
    digits = "NaN" if math.isnan(value) else js_number(value)
    digits = digits.rjust(0 if math.isnan(picture.mandatory) else int(picture.mandatory), "0")
    shift = picture.zero - ord("0")
    digits = "".join(chr(ord(digit) + shift) for digit in digits) if shift else digits
    digits = _grouped(digits, picture)
    return digits + _suffix(digits) if picture.ordinal else digits


def _grouped(digits: str, picture: IntegerPicture) -> str:
    groups = sorted(picture.groups, reverse=True, key=lambda group: group[0])
    if picture.regular:
        distance, character = picture.regular
        groups = [(distance * n, character) for n in range((len(digits) - 1) // distance, 0, -1)]
    for right, character in groups:
        at = len(digits) - right
        rest = digits[at if at >= 0 else max(len(digits) + at, 0) :]  # JavaScript's substr
        digits = digits[: max(at, 0)] + character + rest
    return digits


def _suffix(digits: str) -> str:
    return "th" if digits[-2:-1] == "1" else SUFFIXES.get(digits[-1], "th")


WRITERS: Final[dict[str, Callable[[float, IntegerPicture], str]]] = {
    "decimal": _decimal,
    "letters": lambda value, picture: in_letters(value, picture.token),
    "roman": _in_roman,
    "words": _in_words,
}


def read(text: str, picture: IntegerPicture) -> float:
    """The number that a text says by its picture; not a number if it says none.

    Raises:
        JException: D3130, a picture that has no digit.
    """
    if picture.kind == "sequence":
        raise JException("D3130", -1, picture.token)
    if picture.kind == "letters":
        return of_letters(text, picture.token)
    if picture.kind == "roman":
        return of_roman(text if picture.is_upper else text.upper())
    if picture.kind == "words":
        return of_words(text.lower())
    return _read_decimal(text, picture)


def _read_decimal(text: str, picture: IntegerPicture) -> float:
    digits = text[:-2] if picture.ordinal else text
    separators = [","] if picture.regular else [character for _, character in picture.groups]
    for character in separators:
        digits = digits.replace(character, "")
    shift = picture.zero - ord("0")
    if shift:
        digits = "".join(chr(max(ord(each) - shift, 0)) for each in digits)
    return parse_int(digits)


def parse_int(text: str) -> float:
    """The number with which a text begins, as JavaScript's `parseInt`; or not a number."""
    found = LEADING_INTEGER.match(text)
    if found is None or not found[2].lower().removeprefix("0x"):
        return math.nan
    return float(int(f"{found[1]}{found[2]}", 16 if found[2][1:2] in {"x", "X"} else 10))


def format_integer(value: float | None, picture: str | None = None) -> str | None:
    """`$formatInteger` of the whole number at or below.

    Raises:
        JException: D1001, D3130 or D3131, as `written` and `analysed`.
    """
    if value is None:
        return None
    whole = math.floor(value) if math.isfinite(value) else value
    return written(whole, analysed(picture or ""))


def parse_integer(text: str | None, picture: str | None = None) -> float | None:
    """`$parseInteger`; not a number (null in JSON) for a text that is none.

    Raises:
        JException: D3130 or D3131, as `read` and `analysed`.
    """
    return None if text is None else read(text, analysed(picture or ""))
