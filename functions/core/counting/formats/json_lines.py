"""jsonl and ndjson: non-blank lines, each valid JSON (RFC 8259)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.decoding import newline_blocks, utf8_blocks
from functions.core.counting.formats.scanning.json_values import problem_of, values_of_lines
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.core.counting.formats.scanning.json_line_ends import LineEnds
    from functions.core.counting.formats.scanning.source import Source

LINE_LIMIT = 64 << 20
"""A line longer than this is not read into memory."""

LONG_LINE = 1 << 20
"""From here on a line is handed on alone: joined to others it would be copied."""


def count(source: Source, reading: Reading) -> Result:
    """Count the lines that hold a value.

    Raises:
        InvalidFile: MALFORMED_JSON with the line's number, BAD_ENCODING, TOO_LARGE.
    """
    records = lines = 0
    quick = QuickCount()
    for text in whole_lines(newline_blocks(utf8_blocks(source.blocks(), reading.encoding))):
        found = quick.of(text) or _one_by_one(text, lines)
        records += found.records
        lines += found.lines
    return Result(records)


@dataclass(frozen=True)
class Found:
    """The values of some whole lines, and how many line ends there are."""

    records: int
    lines: int


class QuickCount:
    """Counts the values of whole lines, if there is just one in each line that is not blank.

    As many values as lines, and no line that ends inside a value: so each line has its own.
    """

    def __init__(self) -> None:
        self._ends: LineEnds | None = None

    def of(self, text: bytes) -> Found | None:
        """The values of some whole lines; None if they have to be looked at one by one."""
        if _is_single(text):
            return None  # the rest is quick for many lines, and takes much memory for a long one
        values = values_of_lines(text)
        if values is None:
            return None
        ends = self._line_ends()
        if ends.between_objects(text, values):
            return Found(values, values)
        lines = ends.look(text)
        filled = lines.ended + (not text.endswith(b"\n"))
        if lines.maybe_blank:
            filled = sum(1 for line in text.split(b"\n") if line and not line.isspace())
        return Found(values, lines.ended) if lines.outside and values == filled else None

    def _line_ends(self) -> LineEnds:
        if self._ends is None:
            # numpy is the slowest import of all; see `delimited`.
            from functions.core.counting.formats.scanning.json_line_ends import LineEnds  # noqa: PLC0415

            self._ends = LineEnds()
        return self._ends


def _one_by_one(text: bytes, before: int) -> Found:
    records, wrong = line_by_line(text)
    if wrong is not None:
        raise malformed_line(before + wrong[0], wrong[1])
    return Found(records, text.count(b"\n"))


def line_by_line(text: bytes) -> tuple[int, tuple[int, str] | None]:
    """The values of some whole lines, and the first line that holds none: its number and why."""
    records = 0
    # A single line may be long, and is not copied; its end is white space to JSON.
    lines = [text] if _is_single(text) else text.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        problem = problem_of(line)
        if problem is not None:
            return records, (number, problem)
        records += 1
    return records, None


def _is_single(text: bytes) -> bool:
    return text.find(b"\n") in {-1, len(text) - 1}


def malformed_line(number: int, problem: str) -> InvalidFile:
    """The rejection of a file for one of its lines."""
    return InvalidFile(RejectionCode.MALFORMED_JSON, f"line {number} is not JSON: {problem}")


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The text cut at line ends, a long line by itself; the last piece may lack a line end.

    Raises:
        InvalidFile: TOO_LARGE, for a line over LINE_LIMIT bytes.
    """
    held = bytearray()
    for block in blocks:
        start = block.find(b"\n") + 1 if len(held) > LONG_LINE else 0
        if start:
            yield _taken(held, block[:start])
        end = block.rfind(b"\n") + 1
        if end > start:
            yield _taken(held, memoryview(block)[start:end])
        held += block[end:]
        if len(held) > LINE_LIMIT:
            message = f"one line is over {LINE_LIMIT >> 20} MiB"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
    if held:
        yield _taken(held, b"")


def _taken(held: bytearray, more: bytes | memoryview) -> bytes:
    """What was held with what follows it; nothing is held any more."""
    text = b"".join((held, more))
    held.clear()
    return text


FORMAT = Format("jsonl", (".jsonl", ".ndjson"), count)
