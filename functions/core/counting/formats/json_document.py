"""json: an array's top-level elements, or 1 for any other document (RFC 8259).

An array is checked and counted a piece at a time: the text is cut at commas of the array itself,
which are found without parsing, by where strings are and how deep the brackets nest.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.json_lines import count_lines
from functions.core.counting.formats.scanning.decoding import newline_blocks, text_of
from functions.core.counting.formats.scanning.json_by_line import ADJACENT
from functions.core.counting.formats.scanning.json_stream import VALUE_LIMIT, ValueStream
from functions.core.counting.formats.scanning.json_values import elements_of, moved, problem_of
from functions.core.counting.formats.scanning.whole_lines import whole_lines
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import Source

LINES: Final = "jsonl"
LOOKED_AT: Final = 64 << 10
"""Bytes by which it is told whether there are several values."""

RECORD_SEPARATOR: Final = b"\x1e"
"""Stands before each text of a JSON text sequence (RFC 7464)."""

MORE_OBJECTS: Final = re.compile(rb"\}[ \t\r\n]*\{")
OTHER_VALUE: Final = re.compile(rb"^[ \t\r]*[^ \t\r\n\[{]", re.MULTILINE)
SEVERAL: Final = "several JSON values are in the file: each counts, as in JSON Lines"
ADVICE: Final = "write one document, or one JSON value a line"
SPACE: Final = b" \t\r\n"
BLANK: Final = re.compile(rb"[ \t\r\n]*")


def count(source: Source, reading: Reading) -> Result:
    """Count the elements of the document, or the values of one that has several.

    Raises:
        InvalidFile: MALFORMED_JSON, BAD_ENCODING, TOO_LARGE.
    """
    text = text_of(source.blocks(), reading.encoding)
    head, place = b"", text.begins
    for block in text.blocks:
        joined = head + block
        head = joined.lstrip(SPACE)
        place += len(joined) - len(head)
        if len(head) >= LOOKED_AT:
            break
    return replace(_counted(head, text.blocks, place), encoding=text.encoding)


def _counted(head: bytes, blocks: Iterator[bytes], place: int) -> Result:
    """Count by how the text begins; `place` is where in the file."""
    if head.startswith(RECORD_SEPARATOR):
        texts = (block.replace(RECORD_SEPARATOR, b"\n") for block in chain([head], blocks))
        return _several(ValueStream(texts))
    if _is_first_of_several(head):
        whole = newline_blocks(chain([head], blocks))
        found = count_lines(map(_only_objects_and_arrays, whole_lines(whole)), "")
        return replace(found, format=LINES, warnings=(*found.warnings, SEVERAL))
    if head.startswith(b"["):
        return Result(_Array(place + 1).count(head[1:], blocks))
    return _document(head, blocks, place)


def _document(head: bytes, blocks: Iterator[bytes], place: int) -> Result:
    """One document that is no array; or objects, of which the first is not on a line of its own."""
    whole = bytearray(head)
    for block in blocks:
        whole += block
        if len(whole) > VALUE_LIMIT:
            if not MORE_OBJECTS.search(whole):
                _check_size(len(whole))
            break
    else:
        problem = problem_of(whole)
        if problem is None:
            return Result(1)
        if not (whole.startswith(b"{") and MORE_OBJECTS.search(whole)):
            raise _malformed(moved(problem, place))
    return _several(ValueStream(chain(_taken_from(whole), blocks)))


def _taken_from(whole: bytearray) -> Iterator[bytes]:
    """The text in pieces, which are taken out of it: it may be as large as memory allows."""
    whole.reverse()  # so that a piece comes off the end, without moving the rest
    while whole:
        piece = whole[-LOOKED_AT:]
        del whole[-LOOKED_AT:]
        piece.reverse()
        yield bytes(piece)


def _several(stream: ValueStream) -> Result:
    values = stream.count()
    warnings = (SEVERAL, *((ADJACENT,) if stream.adjacent else ()))
    return Result(values, format=LINES, warnings=warnings)


def _is_first_of_several(head: bytes) -> bool:
    """Whether the first line is an object or array by itself, and others follow."""
    line, end, rest = head.replace(b"\r", b"\n").partition(b"\n")
    return bool(end and rest.strip(SPACE)) and line[:1] in {b"{", b"["} and not problem_of(line)


def _only_objects_and_arrays(lines: bytes) -> bytes:
    """The same lines, none of which begins with anything else."""
    found = OTHER_VALUE.search(lines)
    if found is not None:
        raise _malformed("a value that is no object or array follows another value")
    return lines


class _Array:
    """Counts an array's elements, piece by piece.

    A piece may be as large as a value may be, and is nowhere copied.
    """

    def __init__(self, place: int) -> None:
        self.elements = 0
        self._place = place  # of the rest, in the file
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
            self._place += comma + 1
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
        taken = len(self._rest)
        self._take()
        self._place += taken + 1
        self._rest += block[comma + 1 :]
        self._cut = True

    def _take(self) -> None:
        """Check and count the rest, a piece between commas of the array; it must not be empty."""
        if BLANK.fullmatch(self._rest):
            raise _malformed(f"an element is missing at about byte {self._place:,}")
        self._rest[:0] = b"["
        self._rest += b"]"
        try:
            self.elements += elements_of(self._rest)
        except ValueError as error:
            where = f"after {self.elements:,} elements"
            problem = moved(str(error), self._place - 1)
            raise _malformed(f"{where}: {problem}") from error
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
        limit = f"{VALUE_LIMIT >> 20} MiB"
        message = f"one value of the document is over {limit}: write smaller ones, one a line"
        raise InvalidFile(RejectionCode.TOO_LARGE, message)


def _malformed(problem: str) -> InvalidFile:
    return InvalidFile(RejectionCode.MALFORMED_JSON, f"not a JSON document: {problem}: {ADVICE}")


FORMAT = Format("json", (".json",), count)
