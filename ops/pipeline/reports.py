"""The reports of days: read, and written again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.pipeline import layout
from ops.pipeline.errors import NotFoundError, code_of
from ops.pipeline.waiting import TIMEOUT_SECONDS, until_ended

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def days(deployment: Deployment) -> list[str]:
    """The days that have a report, newest first."""
    pages = deployment.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=deployment.reports_bucket, Prefix=f"{layout.REPORTS}date=", Delimiter="/"
    )
    found = (each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ()))
    return sorted(map(layout.date_of_report, found), reverse=True)


def last(deployment: Deployment) -> dict[str, Any] | None:
    """The newest day's report.json, if there is any."""
    found = days(deployment)
    return report(deployment, found[0]) if found else None


def start(deployment: Deployment, date: str) -> str:
    """Begin to write a day's report (again); the execution's ARN."""
    return deployment.clients.states.start_execution(
        stateMachineArn=deployment.daily_report, input=json.dumps({"date": date})
    )["executionArn"]


def restate(
    deployment: Deployment, dates: Iterable[str], timeout: float = TIMEOUT_SECONDS
) -> dict[str, Details | None]:
    """Write the reports of days again, all at once; each day's execution, None if it still runs."""
    started = {start(deployment, date): date for date in sorted(set(dates))}
    found: dict[str, Details | None] = dict.fromkeys(started.values())
    for ended in until_ended(deployment, dict.fromkeys(started, 0), timeout):
        found[started[ended.arn]] = ended
    return found
