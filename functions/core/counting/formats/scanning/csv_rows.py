"""Logical rows of delimited text, by whole blocks (RFC 4180, read as Python's csv module does).

A block is looked at as 64-bit masks (`masks`): where the quotes are, which bytes lie inside of
quotes (a prefix XOR), and so which newlines end a row. That holds while every quote that opens
stands at the start of a field. A quote elsewhere is an ordinary character to the csv module: of a
block with such ones `quotes` finds the others, and the mask is of those alone.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np

from functions.core.counting.formats.scanning.decoding import CR, CRLF, normalized
from functions.core.counting.formats.scanning.masks import (
    Bytes,
    Integers,
    Masks,
    Words,
    between,
    bit,
    counts_before,
    near,
    positions,
    shifted,
)
from functions.core.counting.formats.scanning.quotes import QUOTE, QUOTE_BYTE, that_toggle

NEWLINE: Final = 10
RETURN: Final = 13


class State(Enum):
    """Where in a row the reader is (the states of Python's _csv module)."""

    ROW_START = 0
    FIELD_START = 1
    IN_FIELD = 2
    IN_QUOTES = 3
    AFTER_QUOTE = 4


class Rows:
    """Counts rows as blocks come; `width` is the number of fields of the first row counted.

    Without `quoting` a quote is a character as any other.
    """

    def __init__(self, delimiter: int, *, quoting: bool = True) -> None:
        self.delimiter = delimiter
        self.quoting = quoting
        self.state = State.ROW_START
        self.rows = 0
        self.ragged = 0
        self.width: int | None = None
        self._delimiters = 0  # in the row so far
        self._masks = Masks()

    def feed(self, block: bytes) -> None:
        r"""Read a block, which must not end between a \r and its \n."""
        if not block:
            return
        data = np.frombuffer(block, np.uint8)
        newlines = self._masks.of(data, NEWLINE)
        paired = CR in block
        if paired and self._lone_return(data, newlines):
            self.feed(normalized(block))
            return
        delimiters = self._masks.of(data, self.delimiter)
        inside, ordinary = self.state is State.IN_QUOTES, False
        if self.quoting and (inside or QUOTE_BYTE in block):
            quotes, outside = self._quotes(data, newlines, delimiters)
            newlines &= outside
            delimiters &= outside
            inside = not bit(outside, len(block) - 1)
            ordinary = not bit(quotes, len(block) - 1)
        self._count(newlines, delimiters, data if paired else None)
        self.state = self._state_after(block[-1], inside=inside, ordinary=ordinary)

    def quoted_from_here(self) -> Rows:
        """A reader that goes on from here, for which quotes mean something."""
        other = Rows(self.delimiter)
        other.state, other.rows, other.ragged = self.state, self.rows, self.ragged
        other.width, other._delimiters = self.width, self._delimiters
        return other

    def finish(self) -> None:
        """End the last row, if it has no line end."""
        if self.state is not State.ROW_START:
            self._end_rows(np.array([self._delimiters], np.int64))
            self.state = State.ROW_START

    @property
    def open_quote(self) -> bool:
        """Whether a quoted field is not closed yet."""
        return self.state is State.IN_QUOTES

    def _lone_return(self, data: Bytes, newlines: Words) -> bool:
        r"""Whether a \r is not followed by a \n."""
        if data[-1] == RETURN:
            return True
        return bool((shifted(self._masks.of(data, RETURN)) & ~newlines).any())

    def _quotes(self, data: Bytes, newlines: Words, delimiters: Words) -> tuple[Words, Words]:
        """The quotes that open or close something, and what lies outside of them."""
        quotes = self._masks.of(data, QUOTE)
        inside = self.state is State.IN_QUOTES
        covered = between(quotes, start_inside=inside)
        starts = shifted(newlines | delimiters)
        if self.state is not State.IN_FIELD:
            starts[0] |= np.uint64(1)
        if (quotes & covered & ~(starts | shifted(quotes))).any():
            quotes = that_toggle(quotes, starts, len(data), inside=inside)
            covered = between(quotes, start_inside=inside)
        return quotes, ~covered

    def _count(self, newlines: Words, delimiters: Words, paired: Bytes | None) -> None:
        r"""Count the rows that end; `paired` are the bytes where a line may end with \r\n."""
        if self._count_even(newlines, delimiters):
            return
        ends = positions(newlines)
        before = counts_before(delimiters, ends)
        total = int(np.bitwise_count(delimiters).sum())
        if len(ends) == 0:
            self._delimiters += total
            return
        in_row = np.diff(before, prepend=0)
        in_row[0] += self._delimiters
        lengths = np.diff(ends, prepend=-1)
        blank = lengths == 1
        if paired is not None:
            blank |= (lengths == len(CRLF)) & (paired[ends - 1] == RETURN)
        blank[0] &= self.state is State.ROW_START
        self._end_rows(in_row[~blank])
        self._delimiters = total - int(before[-1])

    def _count_even(self, newlines: Words, delimiters: Words) -> bool:
        r"""Count the rows of a block that are all as wide as the first of the file, as most are.

        The n-th row end must then stand after n times the delimiters of a row, which is seen for
        all words of the masks at once. False, with nothing counted, where it may be otherwise.
        """
        if self.width is None:
            return False
        wanted = self.width - 1
        if wanted == 0 and self._maybe_blank(newlines):
            return False  # any other blank line would lack delimiters
        ended = np.bitwise_count(newlines)
        # What a word adds to the delimiters since the last row end, if all rows are even.
        steps = np.bitwise_count(delimiters) - np.multiply(ended, wanted, dtype=np.int64)
        after = np.cumsum(steps)
        after += self._delimiters
        # The delimiters behind a word's lowest row end.
        behind = np.bitwise_count(delimiters & ~(newlines ^ (newlines - np.uint64(1))))
        if ((after != behind) & (ended == 1)).any():
            return False
        many = np.flatnonzero(ended > 1)
        ahead = after[many] - steps[many]
        if not _even(newlines[many], delimiters[many], ahead, wanted):
            return False
        self._end_even(int(ended.sum()), wanted)
        self._delimiters = int(after[-1])
        return True

    def _maybe_blank(self, newlines: Words) -> bool:
        """Whether two row ends are so near to each other that a line may be blank."""
        if self.state is State.ROW_START and newlines[0] & np.uint64(0b11):
            return True
        return bool((newlines & near(newlines)).any())

    def _end_even(self, rows: int, delimiters: int) -> None:  # noqa: ARG002 - ranges.rows asks
        self.rows += rows

    def _end_rows(self, delimiters: Integers) -> None:
        if len(delimiters) == 0:
            return
        if self.width is None:
            self.width = int(delimiters[0]) + 1
        self.rows += len(delimiters)
        self.ragged += int(np.count_nonzero(delimiters != self.width - 1))

    def _state_after(self, last: int, *, inside: bool, ordinary: bool) -> State:
        """The state after a last byte; `ordinary` says that it is no quote that closes."""
        if inside:
            return State.IN_QUOTES
        if last == NEWLINE:
            return State.ROW_START
        if last == self.delimiter:
            return State.FIELD_START
        return State.AFTER_QUOTE if last == QUOTE and not ordinary else State.IN_FIELD


def _even(newlines: Words, delimiters: Words, ahead: Integers, wanted: int) -> bool:
    """Whether each newline has the delimiters wanted, of which so many stand ahead of its word."""
    left, due = newlines, wanted
    while len(left):
        lowest = left & (~left + np.uint64(1))
        found = ahead + np.bitwise_count(delimiters & (lowest - np.uint64(1)))
        if (found != due).any():
            return False
        left = left ^ lowest
        more = np.flatnonzero(left)
        left, delimiters, ahead, due = left[more], delimiters[more], ahead[more], due + wanted
    return True
