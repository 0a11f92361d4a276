"""json: an array's top-level elements, or 1 for any other document (RFC 8259).

A text of several values is read as JSON Lines are, and where a value is laid out over several
lines, value by value. What a file is depends on its content alone, however it comes in blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.decoding import newline_blocks, text_of
from functions.core.counting.formats.scanning.json_array import ArrayCount, check_size, malformed
from functions.core.counting.formats.scanning.json_by_line import (
    ADJACENT,
    QuickCount,
    malformed_line,
)
from functions.core.counting.formats.scanning.json_stream import ARRAY, VALUE_LIMIT, ValueStream
from functions.core.counting.formats.scanning.json_values import (
    SPACE,
    moved,
    past_value,
    problem_of,
)
from functions.core.counting.formats.scanning.line_pieces import Values, values_in
from functions.core.counting.formats.scanning.whole_lines import whole_lines
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import Source

LINES: Final = "jsonl"
LOOKED_AT: Final = 64 << 10
"""Bytes by which it is told whether each line is a value."""

RECORD_SEPARATOR: Final = b"\x1e"
"""Stands before each text of a JSON text sequence (RFC 7464)."""

OTHER_VALUE: Final = re.compile(rb"^[ \t\r]*[^ \t\r\n\[{]", re.MULTILINE)
SEVERAL: Final = "several JSON values are in the file: each counts, as in JSON Lines"


@dataclass(frozen=True)
class _Text:
    """A text from its first character on: the head, what comes after it, where in the file.

    `lines` is how many line ends stand before it.
    """

    head: bytes
    rest: Iterator[bytes]
    place: int
    lines: int

    @property
    def blocks(self) -> Iterator[bytes]:
        """All of it."""
        return chain([self.head], self.rest)


def count(source: Source, reading: Reading) -> Result:
    """Count the elements of the document, or the values of one that has several.

    Raises:
        InvalidFile: MALFORMED_JSON, BAD_ENCODING, TOO_LARGE.
    """
    text = text_of(source.blocks(), reading.encoding)
    return replace(_counted(_begun(text.blocks, text.begins)), encoding=text.encoding)


def _begun(blocks: Iterator[bytes], place: int) -> _Text:
    """The text with a head of LOOKED_AT bytes, or all of it, without the white space before it."""
    head, lines = b"", 0
    for block in blocks:
        joined = head + block
        head = joined.lstrip(SPACE)
        space = joined[: len(joined) - len(head)]
        place += len(space)
        lines += max(space.count(b"\n"), space.count(b"\r"))
        if len(head) >= LOOKED_AT:
            break
    return _Text(head[:LOOKED_AT], chain([head[LOOKED_AT:]], blocks), place, lines)


def _counted(text: _Text) -> Result:
    """Count by how the text begins."""
    head = text.head
    if head.startswith(RECORD_SEPARATOR):
        texts = (block.replace(RECORD_SEPARATOR, b"\n") for block in text.blocks)
        return _several(ValueStream(texts, place=text.place))
    if _is_first_of_several(head):
        return _by_line(text)
    if head.startswith(b"["):
        return _array(text)
    return _document(text)


def _is_first_of_several(head: bytes) -> bool:
    """Whether the first line is an object or array by itself, and others follow."""
    line, end, rest = head.replace(b"\r", b"\n").partition(b"\n")
    return bool(end and rest.strip(SPACE)) and line[:1] in {b"{", b"["} and not problem_of(line)


def _array(text: _Text) -> Result:
    """The elements of an array; where other values follow it, it is one of several."""
    array = ArrayCount(chain([text.head[1:]], text.rest), text.place + 1)
    follows = array.count()
    if follows is None:
        return Result(array.elements)
    return _several(ValueStream(follows, values=1, place=array.place, last=ARRAY))


def _document(text: _Text) -> Result:
    """One document that is no array; or objects, of which the first is not on a line of its own."""
    whole, problem = bytearray(text.head), problem_of(text.head)
    if not _is_object_and_more(whole, problem):
        for block in text.rest:
            whole += block
            if len(whole) > VALUE_LIMIT:
                break
        problem = problem_of(whole)
    if _is_object_and_more(whole, problem):
        return _several(ValueStream(chain([bytes(whole)], text.rest), place=text.place))
    check_size(len(whole))
    if problem is not None:
        raise malformed(moved(problem, text.place))
    return Result(1)


def _is_object_and_more(text: bytearray, problem: str | None) -> bool:
    return problem is not None and text.startswith(b"{") and past_value(problem) is not None


def _by_line(text: _Text) -> Result:
    """Values of which each has a line; from one on that has several, value by value."""
    texts = whole_lines(newline_blocks(text.blocks))
    found, place, counter = Values(lines=text.lines), text.place, QuickCount()
    for lines in texts:
        here = _objects_and_arrays(lines, counter)
        found = found.then(here)
        if here.wrong is not None:
            begin = _line_start(lines, here.wrong[0])
            stream = ValueStream(chain([lines[begin:]], texts), found.records, place + begin)
            return _laid_out(stream, found)
        place += len(lines)
    return _result(found.records, adjacent=found.adjacent)


def _objects_and_arrays(lines: bytes, counter: QuickCount) -> Values:
    """The values of whole lines, up to the first line that begins with anything else."""
    other = OTHER_VALUE.search(lines)
    if other is None:
        return values_in(lines, counter)
    before = values_in(lines[: other.start()], counter)
    here = Values(wrong=(1, "neither an object nor an array"))
    return before if before.wrong else before.then(here)


def _line_start(lines: bytes, number: int) -> int:
    """Where a line begins, counted from 1."""
    start = 0
    for _ in range(number - 1):
        start = lines.index(b"\n", start) + 1
    return start


def _laid_out(stream: ValueStream, before: Values) -> Result:
    """Count on value by value, from a line on that is no value: its first value takes several."""
    try:
        values = stream.count()
    except InvalidFile as error:
        is_line = error.code == RejectionCode.MALFORMED_JSON and stream.values == before.records
        if is_line and before.wrong is not None:
            raise malformed_line(*before.wrong) from error
        raise
    return _result(values, adjacent=before.adjacent or stream.adjacent)


def _several(stream: ValueStream) -> Result:
    values = stream.count()
    return _result(values, adjacent=stream.adjacent)


def _result(values: int, *, adjacent: bool) -> Result:
    warnings = (*((ADJACENT,) if adjacent else ()), SEVERAL)
    return Result(values, format=LINES, warnings=warnings)


FORMAT = Format("json", (".json",), count)
