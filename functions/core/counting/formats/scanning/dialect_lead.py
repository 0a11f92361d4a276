"""What of a table must be read by row numbers, in a dialect that was declared.

That is up to the last row that the dialect names, and the first that says how wide the others are.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import numpy as np

from functions.core.counting.formats.scanning.automaton import Base, Event, automaton_of

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.automaton import Automaton, Events
    from functions.core.counting.formats.scanning.table_dialect import TableDialect

HEADER_BYTES: Final = 1 << 20
"""A header row longer than this is counted, but its names are not kept."""

OPEN: Final = frozenset({Base.IN_QUOTES, Base.ESCAPED_IN_QUOTES})
VOID: Final = frozenset({Base.ROW_START, Base.COMMENT})
ROW_START: Final = 0
"""The number of the state in which a file begins."""


@dataclass(frozen=True)
class Way:
    """One way to read a table: tabs may make quotes content."""

    delimiter: str
    dialect: TableDialect
    header: bool
    quoting: bool = True

    @property
    def automaton(self) -> Automaton:
        """How it is read."""
        return automaton_of(self.delimiter, self.dialect, quoting=self.quoting)


@dataclass(frozen=True)
class Total:
    """All rows after the lead, and those of another width."""

    rows: int = 0
    ragged: int = 0
    open_quote: bool = False


class Lead:
    """Reads the lead, row by row."""

    def __init__(self, way: Way) -> None:
        self.bytes = 0
        self.rows = 0
        self.ragged = 0
        self.width: int | None = None
        self.complete = False
        self._way = way
        self._state = ROW_START
        self._fields = 0
        self._number = 0
        self._text = bytearray()
        self._header: list[tuple[str, ...] | None] = []
        numbered = way.dialect.header_rows if way.header and way.dialect.numbers_header else ()
        self._header_rows = frozenset(numbered)
        self._last_header = max(numbered, default=0)
        self._last = max((*numbered, *way.dialect.comment_rows), default=0)

    def feed(self, block: bytes) -> bytes:
        """Read a block; what of it comes after the lead."""
        if self.complete:
            return block
        after, events = self._way.automaton.scan(block).through(self._state)
        at = 0
        for end in np.flatnonzero(events >= Event.ROW_ENDS).tolist():
            self._take(block, at, end + 1, events)
            at = end + 1
            if self._end_row(void=events[end] == Event.VOID_ENDS):
                self.bytes += at
                return block[at:]
        self._take(block, at, len(block), events)
        self.bytes += len(block)
        self._state = after
        return b""

    def finish(self) -> None:
        """End the last row, if it has no line end."""
        if not self.complete and not self.open_quote:
            self._end_row(void=self._base in VOID)
            self._state = ROW_START

    @property
    def open_quote(self) -> bool:
        """Whether a quoted field is not closed yet."""
        return not self.complete and self._base in OPEN

    def with_rest(self, rest: Total) -> Total:
        """All records, with those after the lead."""
        is_open = self.open_quote or rest.open_quote
        return Total(self.rows + rest.rows, self.ragged + rest.ragged, is_open)

    def names(self) -> tuple[str, ...] | None:
        """The names of the columns; None without a header, or for one that was not kept whole."""
        rows = [row for row in self._header if row is not None]
        if not rows or len(rows) < len(self._header):
            return None
        # A cell that is the last of a shorter row stands above all columns to its right.
        width = max(len(row) for row in rows)
        columns = zip_longest(*((*row, *row[-1:] * (width - len(row))) for row in rows))
        join = self._way.dialect.header_join
        return tuple(join.join(cell for cell in column if cell) for column in columns)

    @property
    def _base(self) -> Base:
        return self._way.automaton.base(self._state)

    def _take(self, block: bytes, start: int, end: int, events: Events) -> None:
        self._fields += int(np.count_nonzero(events[start:end] == Event.FIELD_ENDS))
        if len(self._text) <= HEADER_BYTES:
            self._text += block[start : min(end, start + HEADER_BYTES + 1)]

    def _end_row(self, *, void: bool) -> bool:
        """Take a row; whether it is the last one of the lead."""
        self._number += 1
        if not void and self._number not in self._way.dialect.comment_rows:
            self._row(self._fields + 1)
        self._fields = 0
        self._text.clear()
        self.complete = self._number >= self._last and self.width is not None
        return self.complete

    def _row(self, width: int) -> None:
        if self._is_header():
            self._header.append(self._cells())
            self.width = max(width, self.width or 0)
        elif self._number > self._last_header:
            self.rows += 1
            self.width = self.width or width
            self.ragged += width != self.width

    def _is_header(self) -> bool:
        if self._header_rows:
            return self._number in self._header_rows
        return self._way.header and not self._header

    def _cells(self) -> tuple[str, ...] | None:
        if len(self._text) > HEADER_BYTES:
            return None
        text = self._text.decode(errors="replace")
        text = text.removeprefix("\n")  # of a \r\n whose \r ended the row before
        if self._way.dialect.escape is not None:  # which the csv module takes for one of \r alone
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        given = self._way.dialect.reader(quoting=self._way.quoting)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._way.delimiter, **given)
        return tuple(next(reader, ()))
