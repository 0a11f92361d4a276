"""A table row by row as Python's csv module reads it, written anew so that nobody can mistake it.

For tables that DuckDB's own reader would read otherwise than they were counted: in a dialect of
their own, with rows of odd width, with several kinds of line ends. About a tenth as fast.
"""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from functions.core.counting.formats.scanning.table_dialect import TableDialect

FIRST_ROW: Final = (1,)
"""The header is the first row that is neither blank nor a comment."""


class Blocks(io.RawIOBase):
    """Blocks as a stream."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        given = self._rest[: len(buffer)]
        buffer[: len(given)] = given
        self._rest = self._rest[len(given) :]
        return len(given)


def text_stream(blocks: Iterable[bytes], *, newline: str | None = "") -> IO[str]:
    """UTF-8 blocks as lines, with the line ends that they have."""
    buffered = io.BufferedReader(Blocks(blocks), 1 << 20)
    return io.TextIOWrapper(buffered, encoding="utf-8", newline=newline)


def records(
    blocks: Iterable[bytes],
    delimiter: str,
    dialect: TableDialect,
    *,
    header: bool,
    quoting: bool,
) -> Iterator[list[str]]:
    """The records of a table, without its header, its comments and its blank lines."""
    # What an escape stands before is one line end for Tally, and two for the csv module.
    newline = None if dialect.escape else ""
    rows = _rows(text_stream(blocks, newline=newline), delimiter, dialect, quoting=quoting)
    last = max(dialect.header_rows) if header and dialect.numbers_header else 0
    awaited = header and not dialect.numbers_header
    for number, row in enumerate(rows, start=1):
        if not row or number in dialect.comment_rows or number <= last:
            continue
        if awaited:
            awaited = False
            continue
        yield row


def _rows(
    lines: Iterator[str], delimiter: str, dialect: TableDialect, *, quoting: bool
) -> Iterator[list[str]]:
    """All rows as they stand; a comment or a blank line is an empty one."""
    options = {"delimiter": delimiter, **dialect.reader(quoting=quoting)}
    if dialect.comment is None:
        yield from csv.reader(lines, **options)
        return
    for line in lines:
        if line.startswith(dialect.comment):
            yield []
        else:
            yield next(csv.reader(chain([line], lines), **options))


def write(rows: Iterable[list[str]], width: int, target: Path) -> tuple[int, int]:
    """Write rows of one width, every field quoted; how many, and the longest one's bytes.

    A field that a row lacks is an empty text; one beyond the width has no column.
    """
    number = longest = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in rows:
            padded = (row + [""] * (width - len(row)))[:width]
            writer.writerow(padded)
            number += 1
            longest = max(longest, 4 * sum(map(len, padded)) + 3 * width)
    return number, longest
