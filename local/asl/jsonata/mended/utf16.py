"""Texts as JavaScript has them: of UTF-16 units, of which two make a character beyond U+FFFF."""

from __future__ import annotations

import re
from typing import Final

BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")
SURROGATES: Final = re.compile("[\ud800-\udfff]")


def units(text: str) -> str:
    """The text with a character for each of its units."""
    return text if text.isascii() else BEYOND.sub(_halves, text)


def _halves(character: re.Match[str]) -> str:
    high, low = divmod(ord(character[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def whole_text(text: str) -> str:
    """The text with its halves joined where two make a character."""
    if text.isascii() or not SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def json_text(text: str) -> str:
    """The text as JSON can have it in UTF-8: half a character is U+FFFD, as when Node writes it."""
    if text.isascii() or not SURROGATES.search(text):
        return text
    return SURROGATES.sub("\ufffd", whole_text(text))


def in_order(text: str) -> bytes:
    """What texts are compared by."""
    return text.encode("utf-16-be", "surrogatepass")
