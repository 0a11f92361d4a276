"""A Map Run: what DescribeMapRun tells of a Distributed Map's visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
Count = Literal["pending", "running", "succeeded", "failed", "timedOut", "aborted"]
Counts = dict[Count, int]
COUNTS: tuple[Count, ...] = ("pending", "running", "succeeded", "failed", "timedOut", "aborted")


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
