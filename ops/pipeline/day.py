"""One UTC day as it stands now: received = processed + rejected + failed + in flight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import layout, times
from ops.pipeline.executions import FAILED, RUNNING, Details, executions
from ops.pipeline.waiting import described_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Execution

LATE: Final = timedelta(days=14)
"""How long after its day an upload's execution may start: EventBridge tries to deliver an event for
a day, and a replay counts for the day of the upload. Reports of days are restated as long."""


@dataclass(frozen=True)
class Day:
    """The equation. `failed` and `in_flight` name an execution for each object version."""

    date: str
    processed: int
    rejected: int
    duplicates: int
    failed: tuple[Details, ...]
    in_flight: tuple[Details, ...]
    without_file: tuple[Details, ...]
    """Executions of the day that failed and whose input names no upload: no file is missed."""

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
    unfinished = list(_unfinished(deployment, date))
    # The records come last: what ends in between is then counted as done, and not twice.
    found = layout.recorded(record_keys(deployment, date))
    failed, in_flight = without_record(_of_day(unfinished, date), found.has)
    return Day(
        date=date,
        processed=len(found.processed),
        rejected=len(found.rejected),
        duplicates=found.duplicates,
        failed=failed,
        in_flight=in_flight,
        without_file=tuple(
            each
            for each in unfinished
            if each.upload is None and each.status in FAILED and _started_on(each, date)
        ),
    )


def unfinished_of(deployment: Deployment, date: str) -> list[Details]:
    """Executions about uploads of a day that run or failed; those that run before all others."""
    return _of_day(_unfinished(deployment, date), date)


def failed_reports(deployment: Deployment, date: str) -> tuple[Details, ...]:
    """Executions of `daily_report` that started on that UTC day and failed."""
    begin = times.start_of(date)
    arns = [
        each.arn
        for status in FAILED
        for each in executions(deployment, "daily_report", status, begin)
        if _started_on(each, date)
    ]
    return tuple(each for each in described_all(deployment, arns).values() if each is not None)


def without_record(
    unfinished: Iterable[Details], has_record: Callable[[str], bool]
) -> tuple[tuple[Details, ...], tuple[Details, ...]]:
    """Those that failed and those that run, one for each version that has no record by its stem."""
    first: dict[str, Details] = {}
    for each in unfinished:
        stem = each.upload.stem if each.upload else ""
        if not has_record(stem):
            first.setdefault(stem, each)
    failed = tuple(each for each in first.values() if each.status != RUNNING)
    return failed, tuple(each for each in first.values() if each.status == RUNNING)


def _of_day(unfinished: Iterable[Details], date: str) -> list[Details]:
    return [each for each in unfinished if each.upload and each.upload.date == date]


def _started_on(execution: Execution, date: str) -> bool:
    return execution.started.astimezone(UTC).date().isoformat() == date


def _unfinished(deployment: Deployment, date: str) -> Iterator[Details]:
    """Executions that may be about uploads of that day, and run or failed."""
    begin = times.start_of(date)
    until = begin + timedelta(days=1) + LATE
    arns = [
        each.arn
        for status in (RUNNING, *FAILED)
        for each in executions(deployment, "process_file", status, begin)
        if each.started < until
    ]
    return (each for each in described_all(deployment, arns).values() if each is not None)
