"""Text as 64-bit masks, a bit a byte, as simdjson looks at it: all bytes of a block at once."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

WORD_BITS: Final = 64
DENSE: Final = 6
"""From so many bits a word on it is quicker to look at each bit than to find them."""
SHIFTS: Final = (1, 2, 4, 8, 16, 32)

Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


class Masks:
    """Makes masks in memory of its own: to get memory anew costs more than to fill it."""

    def __init__(self) -> None:
        self._flags = np.empty(0, np.bool_)

    def of(self, data: Bytes, byte: int) -> Words:
        """A bit for each byte: whether it is this one."""
        return self.where(np.equal, data, byte)

    def where(self, holds: np.ufunc, data: NDArray[Any], value: Any) -> Words:
        """A bit for each byte: whether that holds for it and the value; 0 after the last."""
        size = len(data)
        padded = size + -size % WORD_BITS
        if len(self._flags) < padded:
            self._flags = np.empty(padded, np.bool_)
        self._flags[size:padded] = False
        holds(data, value, out=self._flags[:size])
        words: Words = np.packbits(self._flags[:padded], bitorder="little").view(np.uint64)
        return words


def shifted(words: Words, places: int = 1) -> Words:
    """Every bit so many places on; the last ones are lost."""
    after: Words = words << np.uint64(places)
    after[1:] |= words[:-1] >> np.uint64(WORD_BITS - places)
    return after


def near(words: Words) -> Words:
    """The places one and two after every bit."""
    return shifted(words) | shifted(words, 2)


def between(quotes: Words, *, start_inside: bool) -> Words:
    """A bit for each byte: whether it lies inside of quotes (the opening one does)."""
    inside = quotes.copy()
    moved = np.empty_like(inside)
    for shift in SHIFTS:
        np.left_shift(inside, shift, out=moved)
        inside ^= moved
    # Whether each word ends inside, as a word of ones or zeros for the next.
    ends: Words = inside >> np.uint64(63)
    ends[0] ^= np.uint64(start_inside)
    np.bitwise_xor.accumulate(ends, out=ends)
    np.negative(ends, out=ends)
    inside[1:] ^= ends[:-1]
    if start_inside:
        inside[0] ^= np.uint64(0xFFFFFFFFFFFFFFFF)
    return inside


def bit(words: Words, place: int) -> bool:
    """The bit at a place."""
    return bool(words[place // WORD_BITS] >> np.uint64(place % WORD_BITS) & np.uint64(1))


def bits_at(words: Words, places: Integers) -> Flags:
    """The bits at these places."""
    found = words[places >> 6] >> (places & 63).astype(np.uint64)
    flags: Flags = (found & np.uint64(1)).astype(np.bool_)
    return flags


def positions(words: Words) -> Integers:
    """Where the bits are, in order."""
    if int(np.bitwise_count(words).sum()) > DENSE * len(words):
        return np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little").view(np.bool_))
    index = np.flatnonzero(words != 0)
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
