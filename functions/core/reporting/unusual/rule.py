"""What is far from usual: medians and differences, no model. docs/unusual.md explains the rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WEEK: Final = 7
WEEKDAYS: Final = (7, 14, 21, 28)
"""Days ago that were the same weekday."""
DAYS_AGO: Final = (*range(1, 2 * WEEK + 1), 21, 28)
"""All that are looked at: of each of the last days there is the same weekday a week before."""
LEAST_WEEKDAYS: Final = 3
LEAST_PAIRS: Final = 3
"""With fewer of either the history is short, and nothing is said."""
MANY_PAIRS: Final = 5
LEFT_OUT: Final = 2
"""So many of the largest differences are left out if there are many: days that were odd themselves.
"""
FEW: Final = 0.7
"""Of three or four differences, the largest times this is about what many would say."""

Past = dict[int, float]
"""A number by days ago; days of which it is not known are not in it."""


@dataclass(frozen=True)
class Scale:
    """How a number is compared: on which scale, and from which distance on it is far.

    `limit` answers that distance for the usual difference of the same weekday, a week apart.
    """

    on: Callable[[float], float]
    limit: Callable[[float], float]
    nothing: float | None = None
    """A number that says nothing when it comes twice: days without files."""


def ratio(offset: float, least: float = 1.5, nothing: float | None = 0) -> Scale:
    """By factors of `least` at least: half is as far as double.

    `offset` is an amount too small to matter.
    """
    return Scale(lambda value: math.log(value + offset), partial(_limit_of_ratio, least), nothing)


def steps(least: float) -> Scale:
    """By differences: six times the usual one, and at least so much."""
    return Scale(float, lambda difference: max(least, 6 * difference))


def usual_if_far(value: float, past: Mapping[int, float], scale: Scale) -> float | None:
    """The usual value, if this one is far from it; None if it is not, or history is short."""
    weekdays = [past[ago] for ago in WEEKDAYS if ago in past]
    difference = usual_difference(past, scale)
    if len(weekdays) < LEAST_WEEKDAYS or difference is None:
        return None
    usual, limit, here = median(weekdays), scale.limit(difference), scale.on(value)
    far = abs(here - scale.on(usual)) > limit
    changed = abs(here - scale.on(weekdays[0])) > limit / 2
    return usual if far and changed else None


def usual_difference(past: Mapping[int, float], scale: Scale) -> float | None:
    """By how much the same weekday of two weeks differs, on the scale; None with too few pairs."""
    known = [ago for ago in DAYS_AGO if {ago, ago + WEEK} <= past.keys()]
    pairs = [(past[ago], past[ago + WEEK]) for ago in known]
    told = [pair for pair in pairs if pair != (scale.nothing, scale.nothing)]
    found = sorted(abs(scale.on(later) - scale.on(earlier)) for later, earlier in told)
    if len(found) < LEAST_PAIRS:
        return None
    return fmean(found[:-LEFT_OUT]) if len(found) >= MANY_PAIRS else FEW * found[-1]


def _limit_of_ratio(least: float, difference: float) -> float:
    """The least factor, as a logarithm; more where numbers jump by over a tenth anyhow."""
    return math.log(least) * max(1.0, (difference / 0.1) ** 2)
