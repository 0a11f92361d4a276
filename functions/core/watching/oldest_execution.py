"""How long the longest running execution has been running, found in a bounded number of calls.

A listing tells it while few run. When many do, what began and what ended in each minute tells it:
if fewer began in the last hour than run now, then one that runs is over an hour old.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

MINUTE: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=14)
"""How far to look back for the last whole listing; CloudWatch keeps minutes for 15 days."""


@dataclass(frozen=True)
class Listing:
    """When the running executions that were listed began, and whether these are all."""

    begun: Sequence[datetime]
    whole: bool


@dataclass(frozen=True)
class Running:
    """How many executions run, and how long the oldest does, in seconds.

    Where they were not all listed, the oldest runs for so long at least.
    """

    number: int
    oldest_seconds: float
    listed: bool


class RunningExecutions(Protocol):
    """Step Functions, asked what runs."""

    def running(self) -> Listing:
        """The newest of those that run, in a bounded number of calls."""


class ExecutionMetrics(Protocol):
    """CloudWatch, asked what happened."""

    def last_running(self, since: datetime, until: datetime) -> tuple[datetime, int] | None:
        """When all that ran could be listed last, and how many these were."""

    def started(self, since: datetime, until: datetime) -> Mapping[datetime, int]:
        """How many executions began, by the minute."""

    def ended(self, since: datetime, until: datetime) -> int:
        """How many executions ended, in whatever way."""


def measure(now: datetime, executions: RunningExecutions, metrics: ExecutionMetrics) -> Running:
    """What runs: exactly while all can be listed; in a backlog, by what began and ended since."""
    listing = executions.running()
    oldest = min(listing.begun, default=now)
    age = max(0.0, (now - oldest).total_seconds())
    if listing.whole:
        return Running(len(listing.begun), age, listed=True)
    known = metrics.last_running(now - LONGEST, now)
    since, number = known or (now - LONGEST, 0)
    started = metrics.started(since, now)
    number += sum(started.values()) - metrics.ended(since, now)
    number = max(number, len(listing.begun))
    return Running(number, max(age, _oldest(number, started, since, now)), listed=False)


def _oldest(number: int, started: Mapping[datetime, int], since: datetime, now: datetime) -> float:
    """The age that one of so many must have at least, as all younger ones are too few."""
    minutes = int((now - since) / MINUTE)
    by_age: Counter[int] = Counter()
    for at, count in started.items():
        by_age[max(0, int((now - at) / MINUTE))] += count
    younger = accumulate(by_age[age] for age in range(minutes))
    return sum(total < number for total in younger) * MINUTE.total_seconds()
