"""A large file's ranges: planned, counted one by one, and merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.counting.counted import Counted
from functions.core.counting.deadline import NO_DEADLINE
from functions.core.counting.formats import delimited, json_lines
from functions.core.counting.formats.base import Result
from functions.core.counting.formats.registry import BY_NAME
from functions.core.counting.formats.scanning.decoding import (
    newline_blocks,
    paired_blocks,
    utf8_blocks,
)
from functions.core.counting.ranges import line_pieces
from functions.core.counting.ranges.boundaries import Parts, character_boundary, line_boundary
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from functions.core.counting.deadline import Deadline
    from functions.core.counting.detection import Detected

RANGES_OF_LIMIT: Final = 8
"""A range is this part of the size from which on files are cut."""

FIRST_ROW_LIMIT: Final = 64 << 20
"""A table that is cut must end its first row by here: it tells the width of all others."""

RANGES_LIMIT: Final = 10_000
"""More items than this do not fit into a Map's input of 256 KiB with room to spare."""

ENCODINGS: Final = frozenset({"utf-8", "ascii"})
"""In these a byte says by itself whether a character begins with it."""

LINED: Final = frozenset({"txt", "log"})
Json = dict[str, Any]


@dataclass(frozen=True)
class Ranges:
    """How a file is cut: so many ranges of so many bytes, and the first row's width."""

    ranges: int
    range_bytes: int
    width: int | None = None


def plan(detected: Detected, source: Parts, limit: int) -> Ranges | None:
    """How to cut a file; None for one that a single call reads, as any is if the limit is 0.

    Formats that are no text are never cut: little of them is read.

    Raises:
        InvalidFile: TOO_LARGE, for a file over the limit that cannot be cut.
    """
    if not limit or source.size <= limit or not BY_NAME[detected.format].text:
        return None
    range_bytes = max(limit // RANGES_OF_LIMIT, 1)
    ranges = -(-source.size // range_bytes)
    if not _can_be_cut(detected) or ranges > RANGES_LIMIT:
        message = f"{source.size} bytes of {_named(detected)}, which are over a limit"
        raise InvalidFile(RejectionCode.TOO_LARGE, message)
    width = None
    if detected.format in delimited.DELIMITERS:
        width = _first_row(detected, source).width
    return Ranges(ranges, range_bytes, width)


def _can_be_cut(detected: Detected) -> bool:
    known = {*delimited.DELIMITERS, *LINED, json_lines.FORMAT.name}
    plain = detected.compression is None and detected.reading.encoding in ENCODINGS
    return plain and detected.format in known


def _named(detected: Detected) -> str:
    return " ".join(
        filter(None, (detected.compression, detected.reading.encoding, detected.format))
    )


def _first_row(detected: Detected, source: Parts) -> delimited.FirstRow:
    delimiter = delimited.DELIMITERS[detected.format]
    return delimited.first_row(source, detected.reading, delimiter, FIRST_ROW_LIMIT)


def count_range(
    detected: Detected,
    cut: Ranges,
    number: int,
    source: Parts,
    deadline: Deadline = NO_DEADLINE,
) -> Json:
    """What one range, counted from 0, knows of its text, within the time that there is.

    What is wrong with the file is part of the answer: the first range to find fault, by its
    place, rejects the file, and not the first in time.
    """
    try:
        found = _read(detected, cut, number, _TimedParts(source, deadline))
    except InvalidFile as why:
        return {"range": number, "rejection": {"code": why.code, "message": why.message}}
    return {"range": number, "found": found}


class _TimedParts:
    """Parts of a source, read within the time that there is."""

    def __init__(self, source: Parts, deadline: Deadline) -> None:
        self.size = source.size
        self._source = source
        self._deadline = deadline

    def blocks(self) -> Iterator[bytes]:
        """All of it, in blocks."""
        return self.part(0, self.size)

    def read(self, start: int, length: int) -> bytes:
        """Some of it."""
        return self._source.read(start, length)

    def part(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in blocks.

        Raises:
            InvalidFile: TOO_SLOW.
        """
        for block in self._source.part(start, end):
            self._deadline.check(start, self.size)
            start += len(block)
            yield block


def _read(detected: Detected, cut: Ranges, number: int, source: Parts) -> Any:
    lined = detected.format == json_lines.FORMAT.name
    boundary = line_boundary if lined else character_boundary
    start = boundary(source, number * cut.range_bytes)
    end = boundary(source, (number + 1) * cut.range_bytes)
    blocks = _text(detected, source, start, end)
    if lined:
        return line_pieces.read_values(blocks).to_json()
    if detected.format in LINED:
        return line_pieces.read_lines(blocks).to_json()
    # numpy is the slowest import of all, and only tables need it.
    from functions.core.counting.ranges import csv_pieces  # noqa: PLC0415

    delimiter = ord(delimited.DELIMITERS[detected.format])
    return csv_pieces.to_json(csv_pieces.read(blocks, delimiter, cut.width))


def _text(detected: Detected, source: Parts, start: int, end: int) -> Iterator[bytes]:
    if start >= end:
        return iter(())
    blocks = utf8_blocks(source.part(start, end), detected.reading.encoding, start)
    # Tables are read with their \r\n as they are, which saves writing them anew.
    return (paired_blocks if detected.format in delimited.DELIMITERS else newline_blocks)(blocks)


def merge(detected: Detected, cut: Ranges, partials: Iterable[Json], source: Parts) -> Counted:
    """The file's count from the answers of all its ranges, in any order.

    Raises:
        InvalidFile: the file is rejected, as it would be by a reading of all of it.
        ValueError: a range is missing or there twice.
    """
    ordered = sorted(partials, key=lambda each: int(each["range"]))
    if [each["range"] for each in ordered] != list(range(cut.ranges)):
        raise ValueError(f"not the answers of {cut.ranges} ranges, each once")
    result = _merged(detected, cut, ordered, source)
    return Counted(
        format=detected.format,
        compression=None,
        encoding=detected.reading.encoding,
        records=result.records,
        columns=result.columns,
        ragged_rows=result.ragged_rows,
        uncompressed_bytes=source.size,
    )


def _merged(detected: Detected, cut: Ranges, ordered: Sequence[Json], source: Parts) -> Result:
    if detected.format == json_lines.FORMAT.name:
        return _merged_values(ordered)
    found = list(_found(ordered))
    if detected.format in LINED:
        lines = line_pieces.Lines()
        for each in found:
            lines = lines.then(line_pieces.Lines(**each))
        return Result(lines.records)
    return _merged_rows(detected, cut, found, source)


def _found(ordered: Iterable[Json]) -> Iterator[Any]:
    """What the ranges found, up to one that rejects the file."""
    for each in ordered:
        if "rejection" in each:
            why = each["rejection"]
            raise InvalidFile(RejectionCode(why["code"]), why["message"])
        yield each["found"]


def _merged_values(ordered: Iterable[Json]) -> Result:
    values = line_pieces.Values()
    for each in _found(ordered):
        values = values.then(line_pieces.Values(**each))
        if values.wrong is not None:
            raise json_lines.malformed_line(*values.wrong)
    return Result(values.records)


def _merged_rows(
    detected: Detected, cut: Ranges, found: Iterable[Mapping[str, Any]], source: Parts
) -> Result:
    from functions.core.counting.ranges import csv_pieces  # noqa: PLC0415 - as in `_read`

    total = csv_pieces.total((csv_pieces.from_json(each) for each in found), cut.width)
    if total.in_quotes:
        raise delimited.open_quote()
    return delimited.result_of(
        total.rows,
        total.ragged,
        detected.reading,
        lambda: _first_row(detected, source).names,
    )
