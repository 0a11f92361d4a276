"""A small chart of a number by day, with gaps for days of which it is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

STEP: Final = 8
"""Width of a day, in the units of the picture; its bar takes all but 2."""
HEIGHT: Final = 40


@dataclass(frozen=True)
class Bar:
    """A day: where its bar is, and what is said of it. `height` is None for a gap."""

    x: int
    height: float | None
    title: str


@dataclass(frozen=True)
class Chart:
    """The bars, and the whole in words for whoever does not see it."""

    name: str
    label: str
    width: int
    height: int
    bars: tuple[Bar, ...]


def chart(name: str, dates: Sequence[str], values: Sequence[int | None]) -> Chart:
    """The chart of these days; `name` says what the numbers are, as `files`."""
    known = [value for value in values if value is not None]
    most = max(known, default=0) or 1
    heights = [None if value is None else HEIGHT * value / most for value in values]
    bars = tuple(
        Bar(place * STEP, heights[place], _title(name, day, value))
        for place, (day, value) in enumerate(zip(dates, values, strict=True))
    )
    return Chart(name, _label(name, dates, known), STEP * len(dates), HEIGHT, bars)


def _title(name: str, day: str, value: int | None) -> str:
    return f"{day}: no report" if value is None else f"{day}: {value:,} {name}"


def _label(name: str, dates: Sequence[str], known: Sequence[int]) -> str:
    gaps = len(dates) - len(known)
    numbers = f"{min(known):,} to {max(known):,}" if known else "none known"
    without = f"; {gaps} {'day' if gaps == 1 else 'days'} without a report" if gaps else ""
    return f"{name} by day, {dates[0]} to {dates[-1]}: {numbers}{without}"
