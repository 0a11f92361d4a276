"""Logical rows of delimited text, by whole blocks (RFC 4180, read as Python's csv module does).

A block is looked at as 64-bit masks, a bit a byte, as simdjson does: where the quotes are, which
bytes lie inside of quotes (a prefix XOR), and so which newlines end a row. That holds while every
quote that opens stands at the start of a field. A quote elsewhere is an ordinary character to the
csv module; a block with one is read by `FieldMachine` instead, byte for byte.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from functions.core.formats.decoding import CR, CRLF, normalized

NEWLINE: Final = 10
RETURN: Final = 13
QUOTE: Final = 34
WORD_BITS: Final = 64
PADDING: Final = bytes(WORD_BITS)
SHIFTS: Final = (1, 2, 4, 8, 16, 32)

Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]


class State(Enum):
    """Where in a row the reader is (the states of Python's _csv module)."""

    ROW_START = 0
    FIELD_START = 1
    IN_FIELD = 2
    IN_QUOTES = 3
    AFTER_QUOTE = 4


class Rows:
    """Counts rows as blocks come; `width` is the number of fields of the first row counted."""

    def __init__(self, delimiter: int) -> None:
        self.delimiter = delimiter
        self.state = State.ROW_START
        self.rows = 0
        self.ragged = 0
        self.width: int | None = None
        self._delimiters = 0  # in the row so far
        self._quoted_last = False  # the last byte was a quote that opens or closes nothing
        self._slow = FieldMachine(delimiter)

    def feed(self, block: bytes) -> None:
        r"""Read a block, which must not end between a \r and its \n."""
        if not block:
            return
        if self._quoted_last or not self._feed_fast(block):
            self._feed_slow(block)

    def finish(self) -> None:
        """End the last row, if it has no line end."""
        if self.state is not State.ROW_START:
            self._end_rows(np.array([self._delimiters], np.int64))
            self.state = State.ROW_START

    @property
    def open_quote(self) -> bool:
        """Whether a quoted field is not closed yet."""
        return self.state is State.IN_QUOTES

    def _feed_fast(self, block: bytes) -> bool:
        """Read by masks; False, with nothing changed, where a quote stands alone."""
        data = np.frombuffer(block + PADDING[: -len(block) % WORD_BITS], np.uint8)
        newlines = mask(data, NEWLINE)
        paired = CR in block
        if paired and _lone(mask(data, RETURN), newlines, block):
            return self._feed_fast(normalized(block))
        delimiters = mask(data, self.delimiter)
        inside = self.state is State.IN_QUOTES
        if inside or QUOTE_BYTE in block:
            quotes = mask(data, QUOTE)
            covered = between(quotes, start_inside=inside)
            if self._irregular(quotes & covered, newlines | delimiters | quotes):
                return False
            newlines &= ~covered
            delimiters &= ~covered
            inside = bit(covered, len(block) - 1)
        self._count(newlines, delimiters, data if paired else None)
        self.state = state_after(block[-1], self.delimiter, inside=inside)
        return True

    def _irregular(self, opening: Words, before: Words) -> bool:
        """Whether a quote opens that does not stand at a field's start or after another quote."""
        allowed = shifted(before)
        if self.state is not State.IN_FIELD:
            allowed[0] |= np.uint64(1)
        return bool((opening & ~allowed).any())

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
        all words of the masks at once. False, with nothing counted, where it may be otherwise, or
        where two row ends are so near to each other that a line may be blank.
        """
        if self.width is None or (newlines & near(newlines)).any():
            return False
        ended, held = np.bitwise_count(newlines), np.bitwise_count(delimiters)
        rows, total = int(ended.sum()), int(held.sum())
        if rows == 0 or (self.state is State.ROW_START and newlines[0] & np.uint64(0b11)):
            return False
        # What the words before hold, against what their row ends ask for.
        ahead = np.cumsum(held, dtype=np.int64) - held
        ahead += self._delimiters - (self.width - 1) * (np.cumsum(ended, dtype=np.int64) - ended)
        if not _even(newlines, delimiters, ahead, self.width - 1):
            return False
        self._end_rows(np.full(rows, self.width - 1))
        self._delimiters += total - rows * (self.width - 1)
        return True

    def _end_rows(self, delimiters: Integers) -> None:
        if len(delimiters) == 0:
            return
        if self.width is None:
            self.width = int(delimiters[0]) + 1
        self.rows += len(delimiters)
        self.ragged += int(np.count_nonzero(delimiters != self.width - 1))

    def _feed_slow(self, block: bytes) -> None:
        block = normalized(block)
        found, self._delimiters, self.state = self._slow.read(block, self._delimiters, self.state)
        self._end_rows(np.array(found, np.int64))
        self._quoted_last = self.state is State.IN_FIELD and block[-1] == QUOTE


QUOTE_BYTE: Final = b'"'


class FieldMachine:
    """Reads rows field by field, for blocks with quotes amid unquoted fields."""

    def __init__(self, delimiter: int) -> None:
        self._delimiter = delimiter
        self._field_end = re.compile(b"[\n" + re.escape(bytes([delimiter])) + b"]")

    def read(self, block: bytes, delimiters: int, state: State) -> tuple[list[int], int, State]:
        """Delimiters of each row that ends in the block and of the one begun; the state after."""
        rows: list[int] = []
        at, size = 0, len(block)
        while at < size:
            at, state = self._skip(block, at, state)
            if at >= size:
                break
            byte = block[at]
            at += 1
            if byte == NEWLINE and state is not State.IN_QUOTES:
                if state is not State.ROW_START:
                    rows.append(delimiters)
                delimiters, state = 0, State.ROW_START
            elif byte == self._delimiter and state is not State.IN_QUOTES:
                delimiters, state = delimiters + 1, State.FIELD_START
            else:
                state = _AFTER[state] if byte == QUOTE else State.IN_FIELD
        return rows, delimiters, state

    def _skip(self, block: bytes, at: int, state: State) -> tuple[int, State]:
        """Go to the next byte that matters in this state."""
        if state is State.IN_QUOTES:
            found = block.find(QUOTE_BYTE, at)
            return (len(block) if found < 0 else found), state
        if state is State.IN_FIELD:
            end = self._field_end.search(block, at)
            return (end.start() if end else len(block)), state
        return at, state


_AFTER: Final = {
    State.ROW_START: State.IN_QUOTES,
    State.FIELD_START: State.IN_QUOTES,
    State.IN_QUOTES: State.AFTER_QUOTE,
    State.AFTER_QUOTE: State.IN_QUOTES,
    State.IN_FIELD: State.IN_FIELD,
}


def state_after(last: int, delimiter: int, *, inside: bool) -> State:
    """The state after a block without quotes amid fields, by its last byte."""
    if inside:
        return State.IN_QUOTES
    named = {
        NEWLINE: State.ROW_START,
        delimiter: State.FIELD_START,
        QUOTE: State.AFTER_QUOTE,
    }
    return named.get(last, State.IN_FIELD)


def _lone(returns: Words, newlines: Words, block: bytes) -> bool:
    r"""Whether a \r is not followed by a \n."""
    return block.endswith(CR) or bool((shifted(returns) & ~newlines).any())


def _even(newlines: Words, delimiters: Words, ahead: Integers, wanted: int) -> bool:
    """Whether each newline has the delimiters wanted, of which so many stand ahead of its word."""
    left, asked = newlines, wanted
    while True:
        lowest = left & (~left + np.uint64(1))
        found = ahead + np.bitwise_count(delimiters & (lowest - np.uint64(1)))
        if ((found != asked) & (left != 0)).any():
            return False
        left = left ^ lowest
        more = np.flatnonzero(left)
        if len(more) == 0:
            return True
        left, delimiters, ahead, asked = left[more], delimiters[more], ahead[more], asked + wanted


def near(words: Words) -> Words:
    """The places one and two after every bit."""
    one = shifted(words)
    return one | shifted(one)


def shifted(words: Words) -> Words:
    """Every bit one place on; the last is lost."""
    after = words << np.uint64(1)
    after[1:] |= words[:-1] >> np.uint64(63)
    return after


def mask(data: Bytes, byte: int) -> Words:
    """A bit for each byte: whether it is this one."""
    return np.packbits(data == byte, bitorder="little").view(np.uint64)


def between(quotes: Words, *, start_inside: bool) -> Words:
    """A bit for each byte: whether it lies inside of quotes (the opening one does)."""
    inside = quotes.copy()
    moved = np.empty_like(inside)
    for shift in SHIFTS:
        np.left_shift(inside, np.uint64(shift), out=moved)
        inside ^= moved
    odd = (inside >> np.uint64(63)).astype(np.uint8)
    odd[0] ^= start_inside
    carried = np.bitwise_xor.accumulate(odd).astype(bool)
    flip = np.empty(len(quotes), bool)
    flip[0], flip[1:] = start_inside, carried[:-1]
    inside ^= np.where(flip, np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0))
    return inside


def bit(words: Words, place: int) -> bool:
    """The bit at a place."""
    return bool(words[place // WORD_BITS] >> np.uint64(place % WORD_BITS) & np.uint64(1))


def positions(words: Words) -> Integers:
    """Where the bits are, in order. Quick where they are few, as the ends of rows are."""
    index = np.flatnonzero(words)
    left = words[index]
    found = []
    while len(left):
        lowest = left & (~left + np.uint64(1))
        found.append((index << 6) + np.bitwise_count(lowest - np.uint64(1)))
        left = left ^ lowest
        more = left != 0
        index, left = index[more], left[more]
    if len(found) == 1:
        return found[0]
    # Each pass gives a sorted run, and a stable sort merges runs.
    return np.sort(np.concatenate(found), kind="stable") if found else index


def counts_before(words: Words, places: Integers) -> Integers:
    """How many bits stand before each place."""
    index = places >> 6
    whole = np.concatenate(([0], np.cumsum(np.bitwise_count(words), dtype=np.int64)))[index]
    below = (np.uint64(1) << (places & 63).astype(np.uint64)) - np.uint64(1)
    partial: Integers = whole + np.bitwise_count(words[index] & below)
    return partial
