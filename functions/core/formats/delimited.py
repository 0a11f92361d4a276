"""csv and tsv: logical rows per RFC 4180, after the header; blank lines do not count."""

from __future__ import annotations

import csv
import sys
from functools import partial
from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode
from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.decoding import lines_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

END = "\x00end of the file\x00"
"""A row of our own after the last: it comes back whole unless a quote was left open."""

csv.field_size_limit(sys.maxsize)


def count(blocks: Iterator[bytes], reading: Reading, delimiter: str) -> Result:
    """Count rows.

    Raises:
        InvalidFile: MALFORMED_CSV (a quote that is never closed), BAD_ENCODING.
    """
    lines = _ended(lines_of(text_of(blocks, reading.encoding)))
    rows = (row for row in csv.reader(lines, delimiter=delimiter) if row)
    columns: tuple[str, ...] | None = None
    records = ragged = 0
    width: int | None = None
    last: list[str] = []
    for row in rows:
        if last:
            if reading.header and columns is None:
                columns = tuple(last)
            else:
                records += 1
            width = len(last) if width is None else width
            ragged += len(last) != width
        last = row
    if last != [END]:
        message = "a quoted field is never closed"
        raise InvalidFile(RejectionCode.MALFORMED_CSV, message)
    return Result(records, columns, ragged)


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n"
    yield END


CSV = Format("csv", (".csv",), partial(count, delimiter=","))
TSV = Format("tsv", (".tsv", ".tab"), partial(count, delimiter="\t"))
