"""A delimited text, opened: its charset, its `sep=` line, its delimiter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.decoding import (
    paired_blocks,
    text_of,
    without_last_mark,
    without_nul,
)
from functions.core.counting.formats.scanning.dialect import SAMPLE_BYTES, Dialect, sniffed
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.base import Reading
    from functions.core.counting.formats.scanning.source import Source

TAB: Final = "\t"
FIRST_ROW_LIMIT: Final = 64 << 20
"""A table that is cut must end its first row by here: it tells the width of all others."""


@dataclass(frozen=True)
class Table:
    """A table's text without its `sep=` line, how it is written, and what it was written in."""

    blocks: Iterator[bytes]
    dialect: Dialect
    encoding: str
    begins: int
    """Bytes of the file before the first row, where the text is stored as it is."""


def table_of(source: Source, reading: Reading, delimiter: str | None) -> Table:
    """Open a table; `delimiter` is the format's own, None where the text is to say it.

    Raises:
        InvalidFile: BAD_ENCODING; FORMAT_MISMATCH for a delimiter that its dialect also quotes by.
    """
    text = text_of(source.blocks(), reading.encoding)
    blocks = paired_blocks(without_last_mark(without_nul(text.blocks, text.begins)))
    sample = b""
    while len(sample) < SAMPLE_BYTES and (block := next(blocks, b"")):
        sample += block
    complete = len(sample) < SAMPLE_BYTES
    known = reading.delimiter or delimiter
    head, declared = sample[:SAMPLE_BYTES], reading.dialect
    dialect = sniffed(head, complete=complete, default=known, declared=declared)
    if not declared.allows(dialect.delimiter):
        what = f"the delimiter {dialect.delimiter!r} is declared to be a quote or an escape, too"
        raise InvalidFile(RejectionCode.FORMAT_MISMATCH, f"{what}: declare the table's dialect")
    rest = chain([sample[dialect.skipped :]], blocks)
    return Table(rest, dialect, text.encoding, text.begins + dialect.skipped)


def open_quote() -> InvalidFile:
    """The rejection of a file that ends inside a quoted field."""
    advice = "close it, or write a quote inside of a field twice"
    return InvalidFile(RejectionCode.MALFORMED_CSV, f"a quoted field is never closed: {advice}")


def row_too_long(limit: int) -> InvalidFile:
    """The rejection of a table that is cut, and whose first row does not end in time."""
    message = f"the first row is over {limit:,} bytes: end it, or upload the file in parts"
    return InvalidFile(RejectionCode.TOO_LARGE, message)
