"""Times of day and durations, in seconds and in words."""

from __future__ import annotations

from typing import Any, Final

HOUR: Final = 3600
IN_SECONDS: Final = 120
"""From there on a duration is told in minutes."""


def second_of_day(moment: Any) -> float | None:
    """Of an ISO moment; None for none."""
    if not moment:
        return None
    hours, minutes, seconds = moment[11:19].split(":")
    return int(hours) * HOUR + int(minutes) * 60 + float(seconds)


def clock(second: float) -> str:
    """A second of the day as HH:MM."""
    return f"{int(second // HOUR):02}:{int(second % HOUR // 60):02}"


def long(seconds: float) -> str:
    """A duration in its largest unit: 45 s, 12 min, 3.5 h."""
    if seconds < IN_SECONDS:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / HOUR:.1f} h"
