"""How long files took, as a histogram: a value that merges in any order, of bounded size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STEPS: Final = 2
"""Bins to a doubling: so a median is told to about a fifth."""
LONGEST: Final = 45
"""The last bin, from 48 days on."""


@dataclass(frozen=True)
class Durations:
    """(bin, files) by bin. Bin 0 is under a second; bin n ends at 2 ** (n / STEPS) seconds."""

    bins: tuple[tuple[int, int], ...] = ()

    def __add__(self, other: Durations) -> Durations:
        """Both together."""
        if not self.bins or not other.bins:
            return self if self.bins else other
        found = dict(self.bins)
        for place, files in other.bins:
            found[place] = found.get(place, 0) + files
        return Durations(tuple(sorted(found.items())))

    @property
    def median(self) -> int | None:
        """About so many seconds; None where nothing is known.

        >>> Durations.of(90).median
        76
        """
        if not self.bins:
            return None
        sums = list(accumulate(files for _, files in self.bins))
        middle = next(place for place, total in enumerate(sums) if 2 * total >= sums[-1])
        return _seconds(self.bins[middle][0])

    def to_json(self) -> list[int]:
        """Bins and their files in turn."""
        return [number for pair in self.bins for number in pair]

    @classmethod
    def from_json(cls, numbers: Sequence[int]) -> Durations:
        """What `to_json` made."""
        return cls(tuple(zip(numbers[::2], numbers[1::2], strict=True)))

    @classmethod
    def of(cls, *seconds: float) -> Durations:
        """Of files that took so long."""
        return _total(cls(((_bin(each), 1),)) for each in seconds)


def from_upload_to_record(uploaded_at: str, stored_at: object) -> Durations:
    """From the upload's event to S3's LastModified of its record, in seconds since 1970.

    The record itself says nothing that a retry would change. A record that a replay wrote again is
    as old as the replay: the file took that long.
    """
    if not isinstance(stored_at, int | float):
        return Durations()
    return Durations.of(stored_at - datetime.fromisoformat(uploaded_at).timestamp())


def _bin(seconds: float) -> int:
    return 0 if seconds < 1 else min(1 + math.floor(STEPS * math.log2(seconds)), LONGEST)


def _seconds(place: int) -> int:
    """The middle of a bin, as times are compared: by factors."""
    return round(2 ** ((place - 0.5) / STEPS)) if place else 0


def _total(found: Iterable[Durations]) -> Durations:
    total = Durations()
    for each in found:
        total += each
    return total
