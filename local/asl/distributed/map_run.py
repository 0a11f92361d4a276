"""A Map Run: what DescribeMapRun tells of a Distributed Map's visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
COUNTS = ("pending", "running", "succeeded", "failed", "timedOut", "aborted")


def _counts() -> dict[str, int]:
    return dict.fromkeys(COUNTS, 0)


@dataclass
class MapRun:
    """One Map Run; times in epoch seconds. It changes in place while its children run."""

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
    executions: dict[str, int] = field(default_factory=_counts)
    items: dict[str, int] = field(default_factory=_counts)
    results_written: int = 0

    def move(self, items: int, before: str | None, after: str | None) -> None:
        """One child with so many items went from one state of the counts to another."""
        for counts, number in ((self.executions, 1), (self.items, items)):
            if before is not None:
                counts[before] -= number
            if after is not None:
                counts[after] += number

    @property
    def failures(self) -> int:
        """Items that did not succeed."""
        return self.items["failed"] + self.items["timedOut"]

    @property
    def total(self) -> int:
        """Items known so far."""
        return sum(self.items.values())
