"""csv and tsv: logical rows per RFC 4180, after the header; blank lines do not count."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.decoding import paired_blocks, utf8_blocks
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.core.counting.formats.scanning.source import Source

HEADER_BYTES = 1 << 20
"""A header longer than this is counted, but its names are not kept."""

csv.field_size_limit(sys.maxsize)


def count(source: Source, reading: Reading, delimiter: str) -> Result:
    """Count rows.

    Raises:
        InvalidFile: MALFORMED_CSV (a quote that is never closed), BAD_ENCODING.
    """
    # numpy is the slowest import of all, and only this format needs it.
    from functions.core.counting.formats.scanning.csv_rows import Rows  # noqa: PLC0415

    rows = Rows(ord(delimiter))
    header = _Header()
    for block in paired_blocks(utf8_blocks(source.blocks(), reading.encoding)):
        rows.feed(block)
        header.add(block, complete=rows.rows > 0)
    if rows.open_quote:
        raise open_quote()
    rows.finish()
    return result_of(rows.rows, rows.ragged, reading, lambda: header.names(delimiter))


def open_quote() -> InvalidFile:
    """The rejection of a file that ends inside a quoted field."""
    return InvalidFile(RejectionCode.MALFORMED_CSV, "a quoted field is never closed")


def result_of(
    rows: int, ragged: int, reading: Reading, names: Callable[[], tuple[str, ...] | None]
) -> Result:
    """The result for so many rows, the header among them where there is one."""
    if not reading.header or rows == 0:
        return Result(rows, None, ragged)
    return Result(rows - 1, names(), ragged)


@dataclass(frozen=True)
class FirstRow:
    """The row that all others are measured by; `width` is None for a file without rows."""

    width: int | None
    names: tuple[str, ...] | None


def first_row(source: Source, reading: Reading, delimiter: str, limit: int) -> FirstRow:
    """Read until the first row ends.

    Raises:
        InvalidFile: TOO_LARGE, if that takes over `limit` bytes; BAD_ENCODING.
    """
    from functions.core.counting.formats.scanning.csv_rows import Rows  # noqa: PLC0415 - as in `count`

    rows, header, taken = Rows(ord(delimiter)), _Header(), 0
    for block in paired_blocks(utf8_blocks(source.blocks(), reading.encoding)):
        rows.feed(block)
        header.add(block, complete=rows.rows > 0)
        taken += len(block)
        if rows.rows:
            break
        if taken > limit:
            raise InvalidFile(RejectionCode.TOO_LARGE, f"the first row is over {limit} bytes")
    if not rows.open_quote:
        rows.finish()
    return FirstRow(rows.width, header.names(delimiter))


class _Header:
    """Keeps the text until the first row has ended."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._complete = False

    def add(self, block: bytes, *, complete: bool) -> None:
        """Keep a block, unless there is enough already."""
        if not self._complete and len(self._kept) <= HEADER_BYTES:
            self._kept += block
            self._complete = complete

    def names(self, delimiter: str) -> tuple[str, ...] | None:
        """The fields of the first row that is not blank; None for one that was not kept whole."""
        text = io.StringIO(self._kept[:HEADER_BYTES].decode(errors="replace"), newline="")
        rows = csv.reader(text, delimiter=delimiter)
        found = next((tuple(row) for row in rows if row), None)
        return None if len(self._kept) > HEADER_BYTES and not text.read(1) else found


DELIMITERS = {"csv": ",", "tsv": "\t"}
CSV = Format("csv", (".csv",), partial(count, delimiter=DELIMITERS["csv"]))
TSV = Format("tsv", (".tsv", ".tab"), partial(count, delimiter=DELIMITERS["tsv"]))
