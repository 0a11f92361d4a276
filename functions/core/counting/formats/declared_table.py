"""csv and tsv in a dialect that was declared, in one reading or in ranges."""

from __future__ import annotations

from itertools import tee
from typing import TYPE_CHECKING

from functions.core.counting.formats.base import Result, Splitter
from functions.core.counting.formats.scanning import dialect_rows
from functions.core.counting.formats.scanning.boundaries import character_boundary
from functions.core.counting.formats.scanning.decoding import (
    utf8_blocks,
    without_last_mark,
    without_nul,
)
from functions.core.counting.formats.scanning.dialect_lead import Lead, Way
from functions.core.counting.formats.scanning.dialect_rows import Pieces, Rows
from functions.core.counting.formats.table import (
    FIRST_ROW_LIMIT,
    TAB,
    open_quote,
    row_too_long,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from functions.core.counting.formats.base import Json, Piece, Reading
    from functions.core.counting.formats.scanning.dialect_lead import Total
    from functions.core.counting.formats.scanning.source import Parts, Source
    from functions.core.counting.formats.table import Table


def count(source: Source, reading: Reading, delimiter: str | None) -> Result:
    """Count rows.

    Raises:
        InvalidFile: MALFORMED_CSV (a quote that is never closed), BAD_ENCODING.
    """
    table = table_of(source, reading, delimiter)
    readers = [Rows(way) for way in _ways(table.dialect.delimiter, reading, delimiter)]
    for block in table.blocks:
        for reader in readers:
            reader.feed(block)
    totals = [reader.total() for reader in readers]
    right = _right(totals)
    return _result(totals[right], readers[right].lead, table)


def _ways(found: str, reading: Reading, own: str | None) -> list[Way]:
    """With quotes; and where tabs may make them content, without, too."""
    literal_too = own == TAB and not reading.dialect.says_quotes
    both = (True, False) if literal_too else (True,)
    return [Way(found, reading.dialect, reading.header, quoting) for quoting in both]


def _right(totals: Sequence[Total]) -> int:
    """Literal, if every line is as wide as the first or a quote is left open; else quoted.

    Raises:
        InvalidFile: MALFORMED_CSV.
    """
    if len(totals) > 1 and (totals[0].open_quote or totals[1].ragged == 0):
        return 1
    if totals[0].open_quote:
        raise open_quote()
    return 0


def _result(total: Total, lead: Lead, table: Table) -> Result:
    return Result(
        total.rows,
        lead.names(),
        total.ragged,
        encoding=table.encoding,
        delimiter=table.dialect.delimiter,
    )


class DeclaredPieces(Splitter):
    """A table cut between characters; what is after its lead is read for every state."""

    def __init__(self, delimiter: str | None) -> None:
        self._delimiter = delimiter

    def look(self, source: Parts, reading: Reading) -> Json:
        """The delimiter; the bytes before the first row; each way's lead, its bytes and width."""
        table, leads = self._leads(source, reading)
        return {
            "delimiter": table.dialect.delimiter,
            "begins": table.begins,
            "leads": [[lead.bytes, lead.width] for lead in leads],
        }

    def begins(self, how: Json) -> int:
        """A byte order mark and a `sep=` line."""
        return int(how["begins"])

    def boundary(self, source: Parts, place: int) -> int:
        """Where a character begins, and no line end is cut in two."""
        return character_boundary(source, place)

    def read(self, piece: Piece, reading: Reading, how: Json) -> Json:
        """What the piece does to a reader, each way."""
        text = without_nul(utf8_blocks(piece.blocks, reading.encoding, piece.start), piece.start)
        blocks = without_last_mark(text) if piece.last else text
        ways = _ways(how["delimiter"], reading, self._delimiter)
        streams = tee(blocks, len(ways))
        found = []
        for way, stream, (lead_bytes, width) in zip(ways, streams, how["leads"], strict=True):
            automaton = way.automaton
            reader = Pieces(automaton, width or 1, range(len(automaton.states)))
            for block in _after(stream, how["begins"] + lead_bytes - piece.start):
                reader.feed(block)
            found.append(dialect_rows.to_json(reader.outcomes))
        return found

    def merge(self, found: Iterable[Json], reading: Reading, how: Json, source: Parts) -> Result:
        """All rows, read the right way."""
        pieces = list(found)
        table, leads = self._leads(source, reading)
        ways = _ways(how["delimiter"], reading, self._delimiter)
        totals = []
        for at, (way, lead) in enumerate(zip(ways, leads, strict=True)):
            outcomes = (dialect_rows.from_json(each[at]) for each in pieces)
            rest = dialect_rows.total(way.automaton, outcomes, lead.width or 1)
            totals.append(lead.with_rest(rest))
        right = _right(totals)
        return _result(totals[right], leads[right], table)

    def _leads(self, source: Parts, reading: Reading) -> tuple[Table, list[Lead]]:
        """Each way's lead.

        Raises:
            InvalidFile: TOO_LARGE, for one that takes over FIRST_ROW_LIMIT bytes; BAD_ENCODING.
        """
        table = table_of(source, reading, self._delimiter)
        leads = [Lead(way) for way in _ways(table.dialect.delimiter, reading, self._delimiter)]
        for block in table.blocks:
            for lead in leads:
                lead.feed(block)
            if all(lead.complete for lead in leads):
                break
            if max(lead.bytes for lead in leads) > FIRST_ROW_LIMIT:
                raise row_too_long(FIRST_ROW_LIMIT)
        for lead in leads:
            lead.finish()
        return table, leads


def _after(blocks: Iterable[bytes], skipped: int) -> Iterator[bytes]:
    """The text without so many bytes at its start."""
    for block in blocks:
        if rest := block[max(skipped, 0) :]:
            yield rest
        skipped -= len(block)
