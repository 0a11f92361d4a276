"""A prefix's last 30 days as a small picture in the page, and in words for who does not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.reporting.trend import Trend

STEP: Final = 8
BAR: Final = 6
HEIGHT: Final = 40
LEAST: Final = 1
"""A day with a file is seen, however few they are."""


@dataclass(frozen=True)
class Chart:
    """Paths of SVG: what was processed, what was not on top of it, days that nobody knows."""

    prefix: str
    label: str
    today: int | None
    processed: str
    other: str
    gaps: str


def charts(trend: Trend) -> list[Chart]:
    """One for each prefix of a report's trend."""
    return [_chart(row, trend["days"]) for row in trend["prefixes"]]


def _chart(row: Mapping[str, Any], days: list[str]) -> Chart:
    received = row["received"]
    most = max((value for value in received if value), default=1)
    heights = [_heights(*each, most) for each in zip(received, row["processed"], strict=True)]
    return Chart(
        prefix=row["prefix"],
        label=_label(row["prefix"], received, days),
        today=received[-1],
        processed=_path((place, 0, good) for place, (good, _) in enumerate(heights)),
        other=_path((place, good, bad) for place, (good, bad) in enumerate(heights)),
        gaps=_path((place, 0, HEIGHT) for place, value in enumerate(received) if value is None),
    )


def _heights(received: int | None, processed: int | None, most: int) -> tuple[float, float]:
    """Of the bar and of what is set apart on top of it; a report of before counts no failures."""
    if not received:
        return 0, 0
    whole = max(HEIGHT * received / most, LEAST)
    other = whole * (1 - (received if processed is None else processed) / received)
    return round(whole - other, 1), round(other, 1)


def _path(bars: Iterable[tuple[int, float, float]]) -> str:
    """Rectangles as one path: place, what they stand on, height."""
    return "".join(
        f"M{STEP * place} {HEIGHT - base:g}v-{height:g}h{BAR}v{height:g}z"
        for place, base, height in bars
        if height
    )


def _label(prefix: str, received: list[int | None], days: list[str]) -> str:
    known = [value for value in received if value is not None]
    gaps = len(received) - len(known)
    without = f"; {gaps} of {len(days)} days without a report" if gaps else ""
    return (
        f"{prefix}: files by day, {days[0]} to {days[-1]}:"
        f" {min(known, default=0):,} to {max(known, default=0):,}{without}"
    )
