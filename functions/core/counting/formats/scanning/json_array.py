"""The elements of a JSON array, checked and counted a piece at a time.

The text is cut at commas of the array itself, which are found without parsing, by where strings
are and how deep the brackets nest.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.json_stream import VALUE_LIMIT
from functions.core.counting.formats.scanning.json_values import (
    SPACE,
    elements_of,
    moved,
    past_value,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

ADVICE: Final = "write one document, or one JSON value a line"
BEGINNING: Final = re.compile(rb"[ \t\r\n]*([,\]]|\Z|)")
"""Of a piece, with what should not stand there; a closing bracket may, if no comma is before it."""

UNEXPECTED: Final = re.compile(r"(?:trailing comma in array|invalid character) \(byte (\d+)\)")
PADDING: Final = b"    "
"""msgspec calls a wrong word truncated where the text has no four more characters."""

CLOSING: Final = b"]" + PADDING


class ArrayCount:
    """Counts an array's elements. A piece may be as large as a value may be, and is not copied.

    The blocks begin after the opening bracket, which is so many bytes into the file. `elements` is
    the count; where the array ends and more than white space follows it, `place` says where that
    begins.
    """

    def __init__(self, blocks: Iterator[bytes], place: int) -> None:
        self.elements = 0
        self.place = place  # of the rest, in the file
        self._blocks = blocks
        self._rest = bytearray()
        self._cut = False  # a comma of the array stands before the rest
        self._follows: Iterator[bytes] | None = None

    def count(self) -> Iterator[bytes] | None:
        """Count to the end. Answers the text after the array, if there is more than white space.

        Raises:
            InvalidFile: MALFORMED_JSON with the byte, TOO_LARGE.
        """
        # numpy is the slowest import of all; see `delimited`.
        from functions.core.counting.formats.scanning.json_commas import Cutter  # noqa: PLC0415

        block = self._quickly()
        cutter = Cutter()
        while block is not None:
            self._add(block, cutter.last_comma(block))
            if self._follows is not None:
                return self._follows
            block = next(self._blocks, None)
        self._take(b"")
        return self._follows

    def _quickly(self) -> bytes | None:
        """Count while a comma after the last `}` of a block is a good place to cut, as mostly.

        What stands before it parses as elements just if it is one of the array's own. Answers
        the text from the last cut on where that fails, or None at the end.
        """
        for block in self._blocks:
            text = bytes(self._rest) + block
            self._rest.clear()
            comma = text.rfind(b"},") + 1
            if comma == 0 or not self._takes(text[:comma]):
                return text
            self._rest += text[comma + 1 :]
            self.place += comma + 1
            self._cut = True
        return None

    def _takes(self, text: bytes) -> bool:
        try:
            self.elements += elements_of(b"[" + text + b"]")
        except ValueError:
            return False
        return True

    def _add(self, block: bytes, comma: int) -> None:
        """Take what stands before the block's last comma of the array, if there is one."""
        if comma < 0:
            self._rest += block
            if len(self._rest) > VALUE_LIMIT:
                self._is_over()
            return
        self._rest += block[:comma]
        taken = len(self._rest)
        self._take_piece(block[comma:])
        if self._follows is None:
            self._rest += block[comma + 1 :]
            self.place += taken + 1
            self._cut = True

    def _is_over(self) -> None:
        """Find that the array has ended long ago, or that an element is too large."""
        size = len(self._rest)
        self._take(b"")
        if self._follows is None:
            check_size(size)

    def _take_piece(self, after: bytes) -> None:
        """Check and count the rest, a piece between commas of the array; it must not be empty."""
        found = BEGINNING.match(self._rest)
        if found is not None and found.end() == len(self._rest):
            raise self._element_missing(found.end())
        self._rest += CLOSING
        self._take(after)

    def _take(self, after: bytes) -> None:
        """Count the rest, or find that the array ends within it; `after` follows a piece."""
        found = BEGINNING.match(self._rest)
        if found is not None and (found[1] == b"," or (found[1] == b"]" and self._cut)):
            raise self._element_missing(found.start(1))
        self._rest[:0] = b"["
        self._rest += b"" if after else PADDING
        try:
            self.elements += elements_of(self._rest)
        except ValueError as error:
            end = past_value(str(error))
            if end is None:
                raise self._malformed(str(error)) from error
            self._end(end, after)
        self._rest.clear()

    def _end(self, end: int, after: bytes) -> None:
        """The array ended before that place of the rest, which begins with its bracket."""
        while self._rest[end - 1] in SPACE:
            end -= 1
        del self._rest[-len(CLOSING if after else PADDING) :]
        self._follows = chain([bytes(self._rest[end:]) + after], self._blocks)
        self.place += end - 1

    def _malformed(self, problem: str) -> InvalidFile:
        if "truncated" in problem:
            check_size(len(self._rest))
            return malformed("the array is not closed: the file ends within it")
        found = UNEXPECTED.search(problem)
        if found is not None and self._is_second_comma(int(found[1])):
            return self._element_missing(int(found[1]) - 1)
        return malformed(moved(problem, self.place - 1))

    def _is_second_comma(self, at: int) -> bool:
        """Whether a comma or a closing bracket stands directly after a comma."""
        return self._rest[at] in b",]" and self._rest[:at].rstrip(SPACE).endswith(b",")

    def _element_missing(self, at: int) -> InvalidFile:
        return malformed(f"an element is missing at about byte {self.place + at:,}")


def check_size(size: int) -> None:
    """Refuse a value that is too large for memory.

    Raises:
        InvalidFile: TOO_LARGE.
    """
    if size > VALUE_LIMIT:
        limit = f"{VALUE_LIMIT >> 20} MiB"
        message = f"one value of the document is over {limit}: write smaller ones, one a line"
        raise InvalidFile(RejectionCode.TOO_LARGE, message)


def malformed(problem: str) -> InvalidFile:
    """The rejection of a document that is none."""
    return InvalidFile(RejectionCode.MALFORMED_JSON, f"not a JSON document: {problem}: {ADVICE}")
