"""Which delimiter a table has, where nobody declared one: what its text says itself."""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass
from itertools import islice
from typing import Final

from functions.core.counting.formats.scanning.table_dialect import PLAIN, TableDialect

SAMPLE_BYTES: Final = 64 << 10
"""So much of the text is looked at."""

RECORDS: Final = 100
"""So many records after the first are held against it."""

DELIMITERS: Final = ",;\t|"
SEP_LINE: Final = re.compile(rb'("?)sep=([^\0\r\n"\x80-\xff])\1(?:\r\n|\r|\n|$)', re.IGNORECASE)
"""Excel's own way to name the delimiter: a first line that is no row; many write it quoted."""

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class Dialect:
    """How a table is written: its delimiter, and the bytes of text before its first row."""

    delimiter: str = ","
    skipped: int = 0


def sniffed(
    sample: bytes, *, complete: bool, default: str | None = None, declared: TableDialect = PLAIN
) -> Dialect:
    """The dialect of a table by the start of its text; `complete` says that this is all of it.

    A `sep=` line says it. Else, of the delimiters that give the first record two fields or more,
    the one with the largest share of the next records as wide as the first; then that with more
    fields; then the earlier of DELIMITERS. None of them: a comma. `default` is a delimiter that is
    known already. `declared` is how else the table is written: what it says to be no record is left
    out, and no character has two meanings.
    """
    named = SEP_LINE.match(sample)
    if named is not None:
        return Dialect(named[2].decode(), named.end())
    if default is not None:
        return Dialect(default)
    text = _records(sample.decode(errors="replace"), declared)
    possible = [each for each in DELIMITERS if declared.allows(each)]
    ranked = [
        (share, fields, -place, delimiter)
        for place, delimiter in enumerate(possible)
        for share, fields in [_fits(text, delimiter, declared, complete=complete)]
        if fields > 1
    ]
    return Dialect(max(ranked)[-1] if ranked else possible[0])


def _records(text: str, declared: TableDialect) -> str:
    """The text from the line of the header on, without comments: by lines, which is near enough."""
    if declared.plain:
        return text
    before, mark = declared.header_rows[0] - 1, declared.comment
    lines = text.splitlines(keepends=True)[before:]
    return "".join(line for line in lines if mark is None or not line.startswith(mark))


def _fits(
    text: str, delimiter: str, declared: TableDialect, *, complete: bool
) -> tuple[float, int]:
    """The share of the records as wide as the first, and how wide that is."""
    lines = io.StringIO(text, newline="")
    rows = (row for row in csv.reader(lines, delimiter=delimiter, **declared.reader()) if row)
    widths = [len(row) for row in islice(rows, 1 + RECORDS)]
    if len(widths) > 1 and not complete and not lines.read(1):
        widths.pop()  # the sample may end within it
    if len(widths) < 2:  # noqa: PLR2004 - nothing to hold against the first
        return 1.0, widths[0] if widths else 0
    return (widths.count(widths[0]) - 1) / (len(widths) - 1), widths[0]
