"""The contents of a day as sorted numbers: a fingerprint, and where its record lies.

numpy compares a million with a million in a tenth of a second; sets of Python take a second, and a
hundred megabytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from functions.core.reporting.content_places import Piece, Repeat

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.uint64]]

KIND: Final = np.dtype("<u8")
LINES: Final = 16
"""Bits of a place that are the line in its batch; the others are the batch."""
KINDS_OF_FINGERPRINT: Final = 2


@dataclass(frozen=True)
class Index:
    """A day's fingerprints in order, the place of each, and the pieces that places are in."""

    fingerprints: Numbers
    places: Numbers
    pieces: tuple[Piece, ...]

    def piece_and_line(self, place: int) -> tuple[Piece, int]:
        """Where a record lies."""
        return self.pieces[place >> LINES], place & ((1 << LINES) - 1)


@dataclass(frozen=True)
class Repeats:
    """The files of a day, by place, that repeat one of so many days before, by its place."""

    today: Index
    places: Numbers
    days_ago: Numbers
    earlier: Numbers
    earlier_pieces: dict[int, tuple[Piece, ...]]

    def __len__(self) -> int:
        """How many."""
        return len(self.places)

    def at(self, number: int) -> Repeat:
        """One of them."""
        piece, line = self.today.piece_and_line(int(self.places[number]))
        ago, place = int(self.days_ago[number]), int(self.earlier[number])
        earlier = self.earlier_pieces[ago][place >> LINES]
        return Repeat(piece, line, ago, earlier, place & ((1 << LINES) - 1))


def of_batches(batches: Sequence[bytes], sizes: Sequence[int]) -> Index:
    """The index of a day, of the packed fingerprints of its batches and their sizes in its file."""
    starts = [0, *accumulate(sizes)]
    pieces = tuple(Piece(start, size) for start, size in zip(starts, sizes, strict=False))
    found = [np.frombuffer(each, KIND) for each in batches]
    places = [
        np.repeat(np.arange(len(each) // KINDS_OF_FINGERPRINT, dtype=KIND), KINDS_OF_FINGERPRINT)
        + np.uint64(number << LINES)
        for number, each in enumerate(found)
    ]
    return _sorted(_joined(found), _joined(places), pieces)


def packed(index: Index) -> bytes:
    """As `unpacked` reads it: a line of JSON with the pieces, then the numbers."""
    head = json.dumps([[each.start, each.size] for each in index.pieces], separators=(",", ":"))
    numbers = index.fingerprints.astype(KIND).tobytes() + index.places.astype(KIND).tobytes()
    return head.encode() + b"\n" + numbers


def unpacked(content: bytes) -> Index:
    """What `packed` made."""
    end = content.index(b"\n")
    pieces = tuple(Piece(*each) for each in json.loads(content[:end]))
    numbers = np.frombuffer(content, KIND, offset=end + 1)
    half = len(numbers) // 2
    return Index(numbers[:half], numbers[half:], pieces)


def repeats(today: Index, before: Iterable[bytes | None]) -> Repeats:
    """The day's files whose fingerprints another one has.

    `before` are the indexes of the day before, of the day before that, and so on. A file repeats
    the newest; of its own day, the first by place.
    """
    days_ago = np.zeros(len(today.fingerprints), KIND)
    earlier, is_repeat = _within(today)
    pieces = {0: today.pieces}
    seen = np.zeros(len(today.fingerprints), np.bool_)
    for ago, content in enumerate(before, start=1):
        if content is None:
            continue
        index = unpacked(content)
        hit, place = _found(today, index)
        new = hit & ~seen
        days_ago[new], earlier[new] = ago, place[new]
        seen |= hit
        pieces[ago] = index.pieces
    chosen = np.flatnonzero(is_repeat | seen)
    # A file has two fingerprints: the first that says so will do.
    places, first = np.unique(today.places[chosen], return_index=True)
    rows = chosen[first]
    return Repeats(today, places, days_ago[rows], earlier[rows], pieces)


def _within(today: Index) -> tuple[Numbers, Any]:
    """The place of the first file of each run of equal fingerprints, and who is not the first."""
    starts = np.ones(len(today.fingerprints), np.bool_)
    starts[1:] = today.fingerprints[1:] != today.fingerprints[:-1]
    run = np.cumsum(starts) - 1
    firsts = today.places[np.flatnonzero(starts)]
    return firsts[run] if len(run) else today.places.copy(), ~starts


def _found(today: Index, before: Index) -> tuple[Any, Numbers]:
    """Which fingerprints another day has, and the first place of each there."""
    if not len(before.fingerprints):
        return np.zeros(len(today.fingerprints), np.bool_), today.places
    at = np.searchsorted(before.fingerprints, today.fingerprints)
    at = np.minimum(at, len(before.fingerprints) - 1)
    return before.fingerprints[at] == today.fingerprints, before.places[at]


def _sorted(fingerprints: Numbers, places: Numbers, pieces: tuple[Piece, ...]) -> Index:
    there = fingerprints != 0
    fingerprints, places = fingerprints[there], places[there]
    order = np.lexsort((places, fingerprints))
    return Index(fingerprints[order], places[order], pieces)


def _joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0, KIND)
