"""csv and tsv: logical rows per RFC 4180, after the header; blank lines do not count."""

from __future__ import annotations

import csv
import io
import sys
from functools import partial
from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode
from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.decoding import newline_blocks, utf8_blocks

if TYPE_CHECKING:
    from functions.core.formats.base import Source

HEADER_BYTES = 1 << 20
"""A header longer than this is counted, but its names are not kept."""

csv.field_size_limit(sys.maxsize)


def count(source: Source, reading: Reading, delimiter: str) -> Result:
    """Count rows.

    Raises:
        InvalidFile: MALFORMED_CSV (a quote that is never closed), BAD_ENCODING.
    """
    # numpy is the slowest import of all, and only this format needs it.
    from functions.core.formats.rows import Rows  # noqa: PLC0415

    rows = Rows(ord(delimiter))
    header = _Header()
    for block in newline_blocks(utf8_blocks(source.blocks(), reading.encoding)):
        rows.feed(block)
        header.add(block, complete=rows.rows > 0)
    if rows.open_quote:
        raise InvalidFile(RejectionCode.MALFORMED_CSV, "a quoted field is never closed")
    rows.finish()
    if not reading.header or rows.rows == 0:
        return Result(rows.rows, None, rows.ragged)
    return Result(rows.rows - 1, header.names(delimiter), rows.ragged)


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
        """The fields of the first row that is not blank."""
        text = io.StringIO(self._kept[:HEADER_BYTES].decode(errors="replace"), newline="")
        rows = csv.reader(text, delimiter=delimiter)
        return next((tuple(row) for row in rows if row), None)


CSV = Format("csv", (".csv",), partial(count, delimiter=","))
TSV = Format("tsv", (".tsv", ".tab"), partial(count, delimiter="\t"))
