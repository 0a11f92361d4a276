"""A Map Run: what DescribeMapRun tells of a Distributed Map's visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
Count = Literal["pending", "running", "succeeded", "failed", "timedOut", "aborted"]
Counts = dict[Count, int]
COUNTS: tuple[Count, ...] = ("pending", "running", "succeeded", "failed", "timedOut", "aborted")


DEFAULT_CONCURRENCY = 10_000  # Step Functions guide, "Using Map state in Distributed mode"


def _counts() -> Counts:
    return dict.fromkeys(COUNTS, 0)


@dataclass
class MapRun:
    """One Map Run; times in epoch seconds, to the millisecond as the API tells them.

    It changes in place while its children run.
    """

    arn: str
    execution_arn: str
    state_machine_arn: str
    start: float
    max_concurrency: int
    tolerated_percentage: float
    tolerated_count: int
    status: Status = "RUNNING"
    stop: float | None = None
    redrive_count: int = 0
    redrive_date: float | None = None
    executions: Counts = field(default_factory=_counts)
    items: Counts = field(default_factory=_counts)
    results_written: int = 0
    resize: Callable[[], None] | None = field(default=None, compare=False, repr=False)
    """Set while children run: takes a new `max_concurrency` into account."""

    def limit(self, max_concurrency: int) -> None:
        """Run so many children at once from now on; 0 stands for as many as AWS allows."""
        self.max_concurrency = max_concurrency or DEFAULT_CONCURRENCY
        if self.resize is not None:
            self.resize()

    def move(self, items: int, before: Count | None, after: Count | None) -> None:
        """One child with so many items went from one state of the counts to another."""
        for counts, number in ((self.executions, 1), (self.items, items)):
            if before is not None:
                counts[before] -= number
            if after is not None:
                counts[after] += number

    def redriven(self, now: float) -> None:
        """It runs again; what had not started is counted when it comes."""
        self.status, self.stop = "RUNNING", None
        self.redrive_count += 1
        self.redrive_date = round(now, 3)
        self.executions["pending"] = self.items["pending"] = 0

    @property
    def failures(self) -> int:
        """Items that did not succeed."""
        return self.items["failed"] + self.items["timedOut"] + self.items["aborted"]

    @property
    def total(self) -> int:
        """Items known so far."""
        return sum(self.items.values())
