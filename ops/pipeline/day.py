"""One UTC day as it stands now: received = processed + rejected + failed + in flight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import layout, times
from ops.pipeline.executions import FAILED, RUNNING, Details, executions
from ops.pipeline.waiting import described_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.pipeline.deployment import Deployment

LATE: Final = timedelta(days=1)
"""EventBridge tries to deliver an event for a day, so an upload's execution may start so late."""


@dataclass(frozen=True)
class Day:
    """The equation. `failed` and `in_flight` name an execution for each object version."""

    date: str
    processed: int
    rejected: int
    duplicates: int
    failed: tuple[Details, ...]
    in_flight: tuple[Details, ...]

    @property
    def received(self) -> int:
        """All object versions of the day."""
        return self.processed + self.rejected + len(self.failed) + len(self.in_flight)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "date": self.date,
            "received": self.received,
            "processed": self.processed,
            "rejected": self.rejected,
            "failed": len(self.failed),
            "in_flight": len(self.in_flight),
            "duplicates": self.duplicates,
        }


def record_keys(deployment: Deployment, date: str) -> Iterator[str]:
    """Keys of the records of a day."""
    pages = deployment.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=deployment.reports_bucket, Prefix=layout.day_prefix(date)
    )
    return (item["Key"] for page in pages for item in page.get("Contents", ()))


def day(deployment: Deployment, date: str) -> Day:
    """Count a day: from its records, and from Step Functions what has none yet."""
    unfinished = {status: list(_of_day(deployment, date, status)) for status in (RUNNING, *FAILED)}
    # The records come last: what ends in between is then counted as done, and not twice.
    found = layout.recorded(record_keys(deployment, date))
    seen: set[str] = set()

    def left(statuses: tuple[str, ...]) -> tuple[Details, ...]:
        kept = []
        for details in (each for status in statuses for each in unfinished[status]):
            stem = details.upload.stem if details.upload else ""
            if not found.has(stem) and stem not in seen:
                seen.add(stem)
                kept.append(details)
        return tuple(kept)

    in_flight = left((RUNNING,))
    return Day(
        date=date,
        processed=len(found.processed),
        rejected=len(found.rejected),
        duplicates=found.duplicates,
        failed=left(FAILED),
        in_flight=in_flight,
    )


def _of_day(deployment: Deployment, date: str, status: str) -> Iterator[Details]:
    """Executions about uploads of that day that have this status."""
    begin = times.start_of(date)
    until = begin + timedelta(days=1) + LATE
    arns = [
        each.arn
        for each in executions(deployment, "process_file", status, begin)
        if each.started < until
    ]
    for details in described_all(deployment, arns).values():
        if details is not None and details.upload and details.upload.date == date:
            yield details
