"""Executions by when they started, and by status: what ListExecutions pages through.

An execution has a place, its number among those of its state machine or Map Run. Places only
grow, so an index is a sorted array of them, a page is a walk backwards through it, and nothing
that ended long ago makes a start, an end or a page dearer.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from local.stepfunctions.packed_history import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Entry(Protocol):
    """What an index has to know of an execution, and what it notes in it."""

    place: int
    status: str
    redrive_count: int


Record = TypeVar("Record", bound=Entry)


class Listing(Generic[Record]):
    """The executions of one state machine, or the Standard children of one Map Run."""

    def __init__(self, machine_arn: str, map_run_arn: str | None = None) -> None:
        self.machine_arn = machine_arn
        self.map_run_arn = map_run_arn
        self.archive = Archive()
        self.records: list[Record] = []
        self._by_status: defaultdict[str, array[int]] = defaultdict(lambda: array("L"))
        self._redriven = array("L")

    def add(self, record: Record) -> None:
        """Take a new execution."""
        record.place = len(self.records)
        self.records.append(record)
        self._by_status[record.status].append(record.place)

    def remove(self, record: Record) -> None:
        """Let go of one of the newest executions; places stay as they are."""
        self.records.pop(record.place)
        index = self._by_status[record.status]
        del index[bisect_left(index, record.place)]
        for later in self.records[record.place :]:
            later.place -= 1
        for places in self._by_status.values():
            for at in range(bisect_left(places, record.place), len(places)):
                places[at] -= 1

    def move(self, record: Record, status: str) -> None:
        """Give an execution another status."""
        index = self._by_status[record.status]
        del index[bisect_left(index, record.place)]
        record.status = status
        insort(self._by_status[status], record.place)

    def redriven(self, record: Record) -> None:
        """Note the first redrive of an execution."""
        insort(self._redriven, record.place)

    def count(self, status: str) -> int:
        """How many have that status."""
        return len(self._by_status[status])

    def newest(
        self, before: int | None, status: str | None, redrive: str | None
    ) -> Iterator[Record]:
        """From the newest to the oldest, beginning before a place; filters as ListExecutions."""
        if redrive == "REDRIVEN":
            places: Sequence[int] = self._redriven
        else:
            places = range(len(self.records)) if status is None else self._by_status[status]
        end = len(places) if before is None else bisect_left(places, before)
        for index in range(end - 1, -1, -1):
            record = self.records[places[index]]
            other = redrive == "NOT_REDRIVEN" and record.redrive_count
            if not other and status in {None, record.status}:
                yield record
