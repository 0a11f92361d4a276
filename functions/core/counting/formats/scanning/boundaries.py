"""Where a range's own text begins: a function of the place alone, so that neighbours agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.decoding import CR, CRLF
from functions.core.counting.formats.scanning.whole_lines import LINE_LIMIT
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Parts

LONGEST_REST: Final = 3
"""Bytes of a UTF-8 character after its first (RFC 3629)."""

LINE_END: Final = re.compile(rb"\r\n?|\n")
FIRST_STEP: Final = 64 << 10
LONGEST_STEP: Final = 4 << 20


def character_boundary(source: Parts, place: int) -> int:
    r"""The first place from here on that is inside of neither a character nor a \r\n.

    Bytes that are no UTF-8 are left to the range before or after; either finds them.
    """
    if place <= 0 or place >= source.size:
        return min(max(place, 0), source.size)
    around = source.read(place - 1, 1 + LONGEST_REST)
    if around.startswith(CRLF):
        return place + 1
    rest = around[1:]
    return place + next((at for at, byte in enumerate(rest) if byte & 0xC0 != 0x80), len(rest))  # noqa: PLR2004 - 10xxxxxx continues a character


def line_boundary(source: Parts, place: int) -> int:
    r"""The first place from here on where a line begins, or the end of the file.

    Raises:
        InvalidFile: TOO_LARGE, for a line over LINE_LIMIT bytes.
    """
    if place <= 0 or place >= source.size:
        return min(max(place, 0), source.size)
    at, step = place - 1, FIRST_STEP
    while at < source.size:
        piece = source.read(at, step)
        found = LINE_END.search(piece)
        if found is not None:
            return _past(source, at + found.end(), found[0])
        at += len(piece)
        if at - place > LINE_LIMIT + LONGEST_STEP:
            message = f"one line is over {LINE_LIMIT >> 20} MiB"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
        step = min(step * 4, LONGEST_STEP)
    return source.size


def _past(source: Parts, end: int, ending: bytes) -> int:
    r"""Past a line's end, whose \r may have been cut off its \n by the end of a piece."""
    return end + (ending == CR and source.read(end - 1, 2) == CRLF)
