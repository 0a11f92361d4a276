"""csv and tsv as relations.

DuckDB's own reader is fast, and may take a table otherwise than it was counted. So it reads
strictly, where what is odd is an error, and whoever asks compares the number of its rows with that
of the count; the last of the relations is of a copy that nobody can mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.decoding import encoding_by_mark
from functions.core.counting.formats.table import TAB, table_of
from functions.core.counting.path_source import PathSource
from functions.core.counting.whole_file import Unwrapped
from functions.core.errors import UnequalReadings
from functions.core.values import csv_copy, sql
from functions.core.values.relation import NUMBERED, Cells, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from functions.core.values.relation import File

LONGEST_ROW: Final = 2 << 20
"""Bytes of a row, to begin with: DuckDB's own limit."""
BLANK_QUOTE: Final = re.compile(rb'[,;|\t\r\n] +"')
"""DuckDB takes a quote behind a blank for one that quotes; RFC 4180 does not."""
HEAD_BYTES: Final = 64
DECODED: Final = "decoded.csv"


def relations(file: File) -> Iterator[Relation]:
    """The relations that the file may be, the right one among them, the fastest first.

    Raises:
        UnequalReadings: none has the records that were counted.
    """
    cells = {name: Cells(f"c{place}", never_empty=True) for name, place in file.places()}
    for rows in _readings(file):
        yield Relation(NUMBERED.format(rows), cells)


def _readings(file: File) -> Iterator[str]:
    if file.detected.reading.dialect.plain and not file.counted.ragged_rows:
        yield from _quick(file)
    yield _copied(file)


def _quick(file: File) -> Iterator[str]:
    """Where the table is as RFC 4180 has it; with tabs, first without quotes."""
    path = file.path if _is_plain(file) else _decoded(file)
    header, delimiter = file.detected.reading.header, file.counted.delimiter or ","
    if delimiter == TAB:
        yield _read_csv(file, path, delimiter, quote="", header=header)
    if not _quotes_after_blanks(path):
        yield _read_csv(file, path, delimiter, header=header)


def _is_plain(file: File) -> bool:
    """Whether DuckDB may read the file as it lies there."""
    with file.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    marked = encoding_by_mark(head) is not None or head.lower().lstrip(b'"').startswith(b"sep=")
    return file.counted.compression is None and file.counted.encoding == "utf-8" and not marked


def _decoded(file: File) -> Path:
    """A copy of the text: decompressed, in UTF-8, without a `sep=` line."""
    target = file.scratch / DECODED
    with file.path.open("rb") as stream, target.open("wb") as copy:
        copy.writelines(_blocks(file, PathSource(stream)))
    return target


def _blocks(file: File, source: PathSource) -> Iterator[bytes]:
    inside = Unwrapped(source, file.detected, file.deadline)
    return table_of(inside, file.detected.reading, file.counted.delimiter).blocks


def _quotes_after_blanks(path: Path) -> bool:
    with path.open("rb") as stream:
        before = b""
        for block in PathSource(stream).blocks():
            # One byte is looked for far faster than two, and most blocks have no quote at all.
            if b'"' in block and b' "' in before + block and BLANK_QUOTE.search(before + block):
                return True
            before = block[-HEAD_BYTES:]
    return False


def _read_csv(
    file: File,
    path: Path,
    delimiter: str,
    *,
    quote: str = '"',
    header: bool = False,
    longest: int = LONGEST_ROW,
) -> str:
    width = len(file.counted.columns or ())
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"read_csv({sql.text(str(path))}, columns={{{columns}}}, auto_detect=false, "
        f"header={str(header).lower()}, delim={sql.text(delimiter)}, quote={sql.text(quote)}, "
        f"escape={sql.text(quote)}, comment='', nullstr='', strict_mode=true, "
        f"max_line_size={longest})"
    )


def _copied(file: File) -> str:
    """The table as it was counted, written anew."""
    reading, delimiter = file.detected.reading, file.counted.delimiter or ","
    target, width = file.scratch / "rows.csv", len(file.counted.columns or ())
    # One copy at a time: nobody reads this one any more.
    (file.scratch / DECODED).unlink(missing_ok=True)
    may_be_literal = delimiter == TAB and not reading.dialect.says_quotes
    found = 0
    for quoting in (True, False) if may_be_literal else (True,):
        with file.path.open("rb") as stream:
            blocks = _blocks(file, PathSource(stream))
            rows = csv_copy.records(
                blocks, delimiter, reading.dialect, header=reading.header, quoting=quoting
            )
            found, longest = csv_copy.write(rows, width, target)
        if found == file.counted.records:
            return _read_csv(file, target, ",", longest=max(longest, LONGEST_ROW))
    raise UnequalReadings(f"{file.counted.records:,} records were counted, and {found:,} read")
