"""The reports of days: read, and written again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.pipeline import layout, times
from ops.pipeline.errors import NotFoundError, code_of
from ops.pipeline.executions import RUNNING, SUCCEEDED
from ops.pipeline.waiting import TIMEOUT_SECONDS, until_ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details


def stored(deployment: Deployment, date: str, form: str = "json") -> bytes:
    """A day's report as it is stored; `form` is json, html or csv.

    Raises:
        NotFoundError: the day has none.
    """
    key = layout.report_key(date, form)
    try:
        found = deployment.clients.s3.get_object(Bucket=deployment.reports_bucket, Key=key)
        return found["Body"].read()
    except ClientError as error:
        if code_of(error) not in {"NoSuchKey", "404"}:
            raise
        problem = f"{date} has no report: write one with `tally report {date} --rebuild`"
        raise NotFoundError(problem) from error


def report(deployment: Deployment, date: str) -> dict[str, Any]:
    """A day's report.json.

    Raises:
        NotFoundError: the day has none.
    """
    found: dict[str, Any] = json.loads(stored(deployment, date))
    return found


def written_at(deployment: Deployment, date: str) -> datetime | None:
    """When a day's report was last written; None as long as it has none."""
    try:
        found = deployment.clients.s3.head_object(
            Bucket=deployment.reports_bucket, Key=layout.report_key(date, "json")
        )
    except ClientError as error:
        if code_of(error) not in {"NoSuchKey", "404"}:
            raise
        return None
    return found["LastModified"]


def days(deployment: Deployment) -> list[str]:
    """The days that have a report, newest first."""
    pages = deployment.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=deployment.reports_bucket, Prefix=f"{layout.REPORTS}date=", Delimiter="/"
    )
    found = (each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ()))
    return sorted(map(layout.date_of, found), reverse=True)


def last(deployment: Deployment) -> dict[str, Any] | None:
    """The newest day's report.json, if there is any."""
    found = days(deployment)
    return report(deployment, found[0]) if found else None


def start(deployment: Deployment, date: str) -> str:
    """Begin to write a day's report (again); the execution's ARN."""
    return deployment.start(deployment.daily_report, {"date": date})


@dataclass(frozen=True)
class Restated:
    """Days whose reports were written again. `left` are days that are not over: their night does.

    `written` has each day's execution; None for one that still ran when the time was up.
    """

    written: Mapping[str, Details | None] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether each was written."""
        return all(each is not None and each.status == SUCCEEDED for each in self.written.values())

    def to_json(self) -> dict[str, Any]:
        """For programs: how each day's execution ended, and the days that were left."""
        written = {day: each.status if each else RUNNING for day, each in self.written.items()}
        return {"reports": written, "left_to_the_night": list(self.left)}


def restate(
    deployment: Deployment, dates: Iterable[str], timeout: float = TIMEOUT_SECONDS
) -> Restated:
    """Write the reports of days again, all at once, and wait for them."""
    started = {start(deployment, date): date for date in sorted(set(dates))}
    found: dict[str, Details | None] = dict.fromkeys(started.values())
    for ended in until_ended(deployment, dict.fromkeys(started, 0), timeout):
        found[started[ended.arn]] = ended
    return Restated(found)


def restate_changed(
    deployment: Deployment,
    dates: Iterable[str],
    *,
    running_day: bool = False,
    timeout: float = TIMEOUT_SECONDS,
) -> Restated:
    """Write again the reports of days whose files were processed anew, as far as they are over.

    A day that is over has a report, or should have. The running day's is written by its night, and
    would be mailed before it is complete: it is left out unless it is asked for (`running_day`).
    """
    today = times.today()
    changed = sorted(set(dates))
    left = () if running_day else tuple(date for date in changed if date >= today)
    done = restate(deployment, [date for date in changed if date not in left], timeout)
    return replace(done, left=left)
