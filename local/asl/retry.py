"""How long a retrier waits (Step Functions guide, "Retrying after an error")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

LONGEST_SECONDS = 31_622_400  # the most that MaxDelaySeconds can be


def delay_of(retrier: dict[str, Any], made: int, dice: random.Random) -> float:
    """Seconds before the next attempt, after so many retries by this retrier.

    Exponential from IntervalSeconds by BackoffRate, up to MaxDelaySeconds; full jitter takes any
    time from 0 to that.
    """
    try:
        delay = retrier.get("IntervalSeconds", 1) * float(retrier.get("BackoffRate", 2.0)) ** made
    except OverflowError:
        delay = LONGEST_SECONDS
    delay = min(delay, retrier.get("MaxDelaySeconds", LONGEST_SECONDS))
    return dice.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else float(delay)
