"""csv and tsv: logical rows per RFC 4180, after the header; blank lines do not count."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import partial
from itertools import tee
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result, Splitter
from functions.core.counting.formats.scanning.boundaries import character_boundary
from functions.core.counting.formats.scanning.decoding import (
    paired_blocks,
    utf8_blocks,
    without_last_mark,
    without_nul,
)
from functions.core.counting.formats.table import (
    FIRST_ROW_LIMIT,
    TAB,
    Table,
    open_quote,
    row_too_long,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from functions.core.counting.formats.base import Json, Piece
    from functions.core.counting.formats.scanning.csv_rows import Rows
    from functions.core.counting.formats.scanning.source import Parts, Source

HEADER_BYTES: Final = 1 << 20
"""A header longer than this is counted, but its names are not kept."""


def count(source: Source, reading: Reading, delimiter: str | None) -> Result:
    """Count rows.

    Raises:
        InvalidFile: MALFORMED_CSV (a quote that is never closed), BAD_ENCODING.
    """
    if not reading.dialect.plain:
        declared: Result = _declared().count(source, reading, delimiter)
        return declared
    table = table_of(source, reading, delimiter)
    rows = _Readings(table.dialect.delimiter, literal_too=delimiter == TAB)
    header = Header()
    for block in table.blocks:
        rows.feed(block)
        header.add(block, complete=rows.any_row)
    rows.finish()
    found = rows.right()
    if found.open_quote:
        raise open_quote()
    found.finish()
    names = partial(header.names, table.dialect.delimiter, quoting=found.quoting)
    return result_of(found.rows, found.ragged, reading, names, table)


def _declared() -> ModuleType:
    # numpy is the slowest import of all, and few tables are in a dialect of their own.
    from functions.core.counting.formats import declared_table  # noqa: PLC0415

    return declared_table


class _Readings:
    """A table read with quotes, and one with tabs also without: which was right, its end says.

    What is before the first quote is the same either way, and read once.
    """

    def __init__(self, delimiter: str, *, literal_too: bool) -> None:
        # numpy is the slowest import of all, and only this format needs it.
        from functions.core.counting.formats.scanning.csv_rows import Rows  # noqa: PLC0415

        self._first: Rows = Rows(ord(delimiter), quoting=not literal_too)
        self._quoted: Rows | None = None
        self._literal_too = literal_too

    @property
    def any_row(self) -> bool:
        """Whether a row has ended, however it is read."""
        readings = filter(None, (self._first, self._quoted))
        return all(each.rows > 0 for each in readings)

    def feed(self, block: bytes) -> None:
        """Read a block."""
        if self._literal_too and self._quoted is None and b'"' in block:
            self._quoted = self._first.quoted_from_here()
        self._first.feed(block)
        if self._quoted is not None:
            self._quoted.feed(block)

    def finish(self) -> None:
        """End the last row of the literal reading, which has no open quote."""
        if self._literal_too:
            self._first.finish()

    def right(self) -> Rows:
        """Literal, if every line is as wide as the first or a quote is left open; else quoted."""
        quoted = self._quoted
        if quoted is None or quoted.open_quote or self._first.ragged == 0:
            return self._first
        return quoted


def result_of(
    rows: int,
    ragged: int,
    reading: Reading,
    names: Callable[[], tuple[str, ...] | None],
    table: Table,
) -> Result:
    """The result for so many rows, the header among them where there is one."""
    header = reading.header and rows > 0
    return Result(
        rows - header,
        names() if header else None,
        ragged,
        encoding=table.encoding,
        delimiter=table.dialect.delimiter,
    )


@dataclass(frozen=True)
class FirstRow:
    """The row that all others are measured by; `width` is None for a file without rows."""

    width: int | None
    names: tuple[str, ...] | None
    table: Table


def first_row(
    source: Source, reading: Reading, delimiter: str | None, limit: int, *, quoting: bool = True
) -> FirstRow:
    """Read until the first row ends.

    Raises:
        InvalidFile: TOO_LARGE, if that takes over `limit` bytes; BAD_ENCODING.
    """
    from functions.core.counting.formats.scanning.csv_rows import Rows  # noqa: PLC0415 - as above

    table = table_of(source, reading, delimiter)
    rows, header, taken = Rows(ord(table.dialect.delimiter), quoting=quoting), Header(), 0
    for block in _in_steps(table.blocks):
        rows.feed(block)
        header.add(block, complete=rows.rows > 0)
        taken += len(block)
        if rows.rows:
            break
        if taken > limit:
            raise row_too_long(limit)
    if not rows.open_quote:
        rows.finish()
    names = header.names(table.dialect.delimiter, quoting=quoting)
    return FirstRow(rows.width, names, table)


def _in_steps(blocks: Iterable[bytes]) -> Iterator[bytes]:
    return (block for block in blocks if block)


class Header:
    """Keeps the text until the first row has ended."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._complete = False

    def add(self, block: bytes, *, complete: bool) -> None:
        """Keep a block, unless there is enough already."""
        if not self._complete and len(self._kept) <= HEADER_BYTES:
            self._kept += block
            self._complete = complete

    def names(self, delimiter: str, *, quoting: bool = True) -> tuple[str, ...] | None:
        """The fields of the first row that is not blank; None for one that was not kept whole."""
        text = io.StringIO(self._kept[:HEADER_BYTES].decode(errors="replace"), newline="")
        reader = partial(csv.reader, text, delimiter=delimiter)
        rows = reader() if quoting else reader(quoting=csv.QUOTE_NONE)
        found = next((tuple(row) for row in rows if row), None)
        return None if len(self._kept) > HEADER_BYTES and not text.read(1) else found


class _Pieces(Splitter):
    """A table cut between characters; a piece is read for every state a reader may come in.

    A format with literal quotes is read both ways.
    """

    def __init__(self, delimiter: str | None) -> None:
        self._delimiter = delimiter
        self._ways = (True, False) if delimiter == TAB else (True,)

    def look(self, source: Parts, reading: Reading) -> Json:
        """The delimiter, the bytes before the first row, and its width each way."""
        rows = [self._first_row(source, reading, quoting) for quoting in self._ways]
        table = rows[0].table
        return {
            "delimiter": table.dialect.delimiter,
            "begins": table.begins,
            "widths": [each.width for each in rows],
        }

    def _first_row(self, source: Parts, reading: Reading, quoting: bool) -> FirstRow:  # noqa: FBT001
        return first_row(source, reading, self._delimiter, FIRST_ROW_LIMIT, quoting=quoting)

    def begins(self, how: Json) -> int:
        """A byte order mark and a `sep=` line."""
        return int(how["begins"])

    def boundary(self, source: Parts, place: int) -> int:
        """Where a character begins, and no line end is cut in two."""
        return character_boundary(source, place)

    def read(self, piece: Piece, reading: Reading, how: Json) -> Json:
        """What the piece does to a reader, each way."""
        # numpy is the slowest import of all, and only tables need it.
        from functions.core.counting.formats.scanning import csv_pieces  # noqa: PLC0415

        text = utf8_blocks(piece.blocks, reading.encoding, piece.start)
        checked = without_nul(text, piece.start)
        blocks = paired_blocks(without_last_mark(checked) if piece.last else checked)
        delimiter = ord(how["delimiter"])
        streams = tee(blocks, len(self._ways))
        return [
            csv_pieces.to_json(csv_pieces.read(stream, delimiter, width, quoting=quoting))
            for stream, width, quoting in zip(streams, how["widths"], self._ways, strict=True)
        ]

    def merge(self, found: Iterable[Json], reading: Reading, how: Json, source: Parts) -> Result:
        """All rows, read the right way."""
        from functions.core.counting.formats.scanning import csv_pieces  # noqa: PLC0415

        pieces = list(found)
        totals = [
            csv_pieces.total((csv_pieces.from_json(each[way]) for each in pieces), width)
            for way, width in enumerate(how["widths"])
        ]
        literal = len(totals) > 1 and (totals[0].in_quotes or totals[1].ragged == 0)
        right = totals[literal]
        if right.in_quotes:
            raise open_quote()
        first = self._first_row(source, reading, not literal)
        return result_of(right.rows, right.ragged, reading, lambda: first.names, first.table)


class _Tables(Splitter):
    """A table as RFC 4180 has it, or in the dialect that was declared."""

    def __init__(self, delimiter: str | None) -> None:
        self._delimiter = delimiter
        self._plain = _Pieces(delimiter)

    def look(self, source: Parts, reading: Reading) -> Json:
        """What the pieces have to know."""
        return self._of(reading).look(source, reading)

    def begins(self, how: Json) -> int:
        """The bytes before the first row."""
        return self._plain.begins(how)

    def boundary(self, source: Parts, place: int) -> int:
        """Where a character begins."""
        return self._plain.boundary(source, place)

    def read(self, piece: Piece, reading: Reading, how: Json) -> Json:
        """What the piece does to a reader."""
        return self._of(reading).read(piece, reading, how)

    def merge(self, found: Iterable[Json], reading: Reading, how: Json, source: Parts) -> Result:
        """All rows."""
        return self._of(reading).merge(found, reading, how, source)

    def _of(self, reading: Reading) -> Splitter:
        if reading.dialect.plain:
            return self._plain
        pieces: Splitter = _declared().DeclaredPieces(self._delimiter)
        return pieces


def _format(name: str, extensions: tuple[str, ...], delimiter: str | None) -> Format:
    counts = partial(count, delimiter=delimiter)
    return Format(name, extensions, counts, splitter=_Tables(delimiter), judges_nul=True)


CSV = _format("csv", (".csv",), None)
TSV = _format("tsv", (".tsv", ".tab"), TAB)
