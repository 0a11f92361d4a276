"""A large file's ranges: planned, counted one by one, and merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.counting.counted import Counted
from functions.core.counting.deadline import NO_DEADLINE
from functions.core.counting.formats.base import Piece
from functions.core.counting.formats.registry import BY_NAME
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.core.counting.deadline import Deadline
    from functions.core.counting.detection import Detected
    from functions.core.counting.formats.base import Splitter
    from functions.core.counting.formats.scanning.source import Parts

RANGES_OF_LIMIT: Final = 8
"""A range is this part of the size from which on files are cut."""

RANGES_LIMIT: Final = 10_000
"""More items than this do not fit into a Map's input of 256 KiB with room to spare."""

ENCODINGS: Final = frozenset({"utf-8", "ascii"})
"""In these a byte says by itself whether a character begins with it."""

SMALLER: Final = "upload it in smaller parts, or plain, in UTF-8"
Json = Any
"""A value that JSON can hold."""


@dataclass(frozen=True)
class Ranges:
    """How a file is cut: so many ranges of so many bytes, and what its format has to know."""

    ranges: int
    range_bytes: int
    how: Json


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
    splitter = BY_NAME[detected.format].splitter
    if splitter is None or not _is_plain(detected) or ranges > RANGES_LIMIT:
        what = f"{source.size:,} bytes of {_named(detected)}, which are over a limit"
        raise InvalidFile(RejectionCode.TOO_LARGE, f"{what}: {SMALLER}")
    return Ranges(ranges, range_bytes, splitter.look(source, detected.reading))


def _is_plain(detected: Detected) -> bool:
    return detected.compression is None and detected.reading.encoding in ENCODINGS


def _named(detected: Detected) -> str:
    return " ".join(
        filter(None, (detected.compression, detected.reading.encoding, detected.format))
    )


def count_range(
    detected: Detected,
    cut: Ranges,
    number: int,
    source: Parts,
    deadline: Deadline = NO_DEADLINE,
) -> dict[str, Any]:
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


def _read(detected: Detected, cut: Ranges, number: int, source: Parts) -> Json:
    splitter = _splitter(detected)
    begins = splitter.begins(cut.how)
    start = max(splitter.boundary(source, number * cut.range_bytes), begins)
    end = max(splitter.boundary(source, (number + 1) * cut.range_bytes), begins)
    blocks = source.part(start, end) if start < end else iter(())
    last = number == cut.ranges - 1
    return splitter.read(Piece(blocks, start, last), detected.reading, cut.how)


def _splitter(detected: Detected) -> Splitter:
    found = BY_NAME[detected.format].splitter
    if found is None:
        raise ValueError(f"{detected.format} is not counted in ranges")
    return found


def merge(detected: Detected, cut: Ranges, partials: Iterable[Json], source: Parts) -> Counted:
    """The file's count from the answers of all its ranges, in any order.

    Raises:
        InvalidFile: the file is rejected, as it would be by a reading of all of it.
        ValueError: a range is missing or there twice.
    """
    ordered = sorted(partials, key=lambda each: int(each["range"]))
    if [each["range"] for each in ordered] != list(range(cut.ranges)):
        raise ValueError(f"not the answers of {cut.ranges} ranges, each once")
    found = _found(ordered)
    result = _splitter(detected).merge(found, detected.reading, cut.how, source)
    return Counted(
        format=detected.format,
        compression=None,
        encoding=result.encoding,
        records=result.records,
        columns=result.columns,
        ragged_rows=result.ragged_rows,
        uncompressed_bytes=source.size,
        delimiter=result.delimiter,
        warnings=result.warnings,
    )


def _found(ordered: Iterable[Json]) -> Iterator[Json]:
    """What the ranges found, up to one that rejects the file."""
    for each in ordered:
        if "rejection" in each:
            why = each["rejection"]
            raise InvalidFile(RejectionCode(why["code"]), why["message"])
        yield each["found"]
