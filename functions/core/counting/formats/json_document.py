"""json: an array's top-level elements, or 1 for any other document (RFC 8259).

An array is checked and counted a piece at a time: the text is cut at commas of the array itself,
which are found without parsing, by where strings are and how deep the brackets nest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.decoding import utf8_blocks
from functions.core.counting.formats.scanning.json_values import elements_of, problem_of
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import Source

VALUE_LIMIT = 64 << 20
"""One element, or a document that is no array, longer than this is not read into memory."""

SPACE: Final = b" \t\r\n"
BLANK: Final = re.compile(rb"[ \t\r\n]*")


def count(source: Source, reading: Reading) -> Result:
    """Count the elements of the document.

    Raises:
        InvalidFile: MALFORMED_JSON, BAD_ENCODING, TOO_LARGE.
    """
    blocks = utf8_blocks(source.blocks(), reading.encoding)
    head = b""
    for block in blocks:
        head = (head + block).lstrip(SPACE)
        if head:
            break
    if head.startswith(b"["):
        return Result(_Array().count(head[1:], blocks))
    whole = bytearray(head)
    for block in blocks:
        whole += block
        _check_size(len(whole))
    problem = problem_of(whole)
    if problem is not None:
        raise _malformed(problem)
    return Result(1)


class _Array:
    """Counts an array's elements, piece by piece.

    A piece may be as large as a value may be, and is nowhere copied.
    """

    def __init__(self) -> None:
        self.elements = 0
        self._rest = bytearray()
        self._cut = False  # a comma of the array stands before the rest

    def count(self, head: bytes, blocks: Iterator[bytes]) -> int:
        """The elements of an array whose opening bracket was taken."""
        # numpy is the slowest import of all; see `delimited`.
        from functions.core.counting.formats.scanning.json_commas import Cutter  # noqa: PLC0415

        block = self._quickly(head, blocks)
        cutter = Cutter()
        while block is not None:
            self._add(block, cutter.last_comma(block))
            block = next(blocks, None)
        return self._finish()

    def _quickly(self, head: bytes, blocks: Iterator[bytes]) -> bytes | None:
        """Count while a comma after the last `}` of a block is a good place to cut, as mostly.

        What stands before it parses as elements just if it is one of the array's own. Answers
        the text from the last cut on where that fails, or None at the end.
        """
        block: bytes | None = head
        while block is not None:
            text = bytes(self._rest) + block
            self._rest.clear()
            comma = text.rfind(b"},") + 1
            if comma == 0 or not self._takes(text[:comma]):
                return text
            self._rest += text[comma + 1 :]
            self._cut = True
            block = next(blocks, None)
        return None

    def _takes(self, text: bytes) -> bool:
        try:
            self.elements += elements_of(b"[" + text + b"]")
        except ValueError:
            return False
        return True

    def _add(self, block: bytes, comma: int) -> None:
        if comma < 0:
            self._rest += block
            _check_size(len(self._rest))
            return
        self._rest += block[:comma]
        self._take()
        self._rest += block[comma + 1 :]
        self._cut = True

    def _take(self) -> None:
        """Check and count the rest, a piece between commas of the array; it must not be empty."""
        if BLANK.fullmatch(self._rest):
            raise _malformed("an element is missing")
        self._rest[:0] = b"["
        self._rest += b"]"
        try:
            self.elements += elements_of(self._rest)
        except ValueError as error:
            raise _malformed(f"after {self.elements} elements: {error}") from error
        self._rest.clear()

    def _finish(self) -> int:
        del self._rest[len(self._rest.rstrip(SPACE)) :]
        if not self._rest.endswith(b"]"):
            raise _malformed("the array is not closed, or something follows it")
        del self._rest[-1:]
        if self._cut or not BLANK.fullmatch(self._rest):
            self._take()
        return self.elements


def _check_size(size: int) -> None:
    if size > VALUE_LIMIT:
        message = f"one value of the document is over {VALUE_LIMIT >> 20} MiB"
        raise InvalidFile(RejectionCode.TOO_LARGE, message)


def _malformed(problem: str) -> InvalidFile:
    return InvalidFile(RejectionCode.MALFORMED_JSON, f"not a JSON document: {problem}")


FORMAT = Format("json", (".json",), count)
