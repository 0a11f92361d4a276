"""A week of the past played through a deployed pipeline: files, failures, late files, reports.

Files of past days cannot be uploaded in the past. They are stored while the bucket announces
nothing, and the event that S3 would have sent, with its time, is given to the state machine.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from local.errors import LocalError
from ops.local_run import demo_files
from ops.pipeline import reports
from ops.pipeline.uploads import Upload, event_time, replay_event
from ops.pipeline.waiting import until_ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from typing import Any

    from ops.local_run.demo_files import DemoFile
    from ops.local_run.job import Watcher
    from ops.pipeline.deployment import Deployment

TIMEOUT_SECONDS: Final = 300
BROKEN: Final = "CountRecords"
"""The state whose function has a bad release for a while."""


def play(deployment: Deployment, progress: Watcher) -> list[dict[str, Any]]:
    """Play the week; the report.json of each day, oldest first.

    Raises:
        LocalError: an execution or a report did not end in time.
    """
    today = datetime.now(UTC).date()
    days = {ago: _before(today, ago) for ago in reversed(range(demo_files.DAYS))}
    progress.step("playing a week of files", len(days))
    with _unannounced(deployment):
        for ago, day in days.items():
            _process(deployment, day, demo_files.files_of(ago))
            progress.done()
        with _bad_release(deployment):
            day = days[demo_files.FAILING_DAYS_AGO]
            _process(deployment, day, [demo_files.failing()])
        progress.step("writing the reports")
        _write(deployment, days.values())
        late_day = days[demo_files.LATE_DAYS_AGO]
        _process(deployment, late_day, [demo_files.late()])
        _write(deployment, [late_day])
    return [reports.report(deployment, day) for day in days.values()]


def failed_execution(week: Iterable[dict[str, Any]]) -> str:
    """The name of the execution that failed, as the reports tell it."""
    (failure,) = (each for report in week for each in report["failures"])
    return str(failure["execution_arn"]).rpartition(":")[2]


def _before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _process(deployment: Deployment, day: str, files: Iterable[DemoFile]) -> None:
    """Store the files and process them as uploads of that day, to their ends.

    Raises:
        LocalError: one did not end in time.
    """
    started = {_start(deployment, day, each): 0 for each in files}
    ended = list(until_ended(deployment, started, TIMEOUT_SECONDS))
    if len(ended) < len(started):
        raise LocalError(f"files of {day} were not processed within {TIMEOUT_SECONDS} s")


def _start(deployment: Deployment, day: str, file: DemoFile) -> str:
    """Store a file and tell the state machine; the ARN of its execution."""
    stored = deployment.clients.s3.put_object(
        Bucket=deployment.raw_bucket, Key=file.key, Body=file.body
    )
    upload = Upload(
        deployment.raw_bucket,
        file.key,
        stored["VersionId"],
        min(f"{day}T{file.time}Z", event_time(datetime.now(UTC))),
        len(file.body),
        stored["ETag"].strip('"'),
    )
    event = replay_event(upload, deployment, force=False)
    return deployment.start(deployment.process_file, event)


def _write(deployment: Deployment, days: Iterable[str]) -> None:
    """Write the reports of these days.

    Raises:
        LocalError: one was not written.
    """
    if not reports.restate(deployment, days, TIMEOUT_SECONDS).complete:
        raise LocalError("a report of the week was not written")


@contextmanager
def _unannounced(deployment: Deployment) -> Iterator[None]:
    """The raw bucket sends no events while the block runs."""
    s3, bucket = deployment.clients.s3, deployment.raw_bucket
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        yield
    finally:
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


@contextmanager
def _bad_release(deployment: Deployment) -> Iterator[None]:
    """The function of one state has a handler that does not exist, while the block runs."""
    functions, states = deployment.clients.functions, deployment.clients.states
    text = states.describe_state_machine(stateMachineArn=deployment.process_file)["definition"]
    name = json.loads(text)["States"][BROKEN]["Arguments"]["FunctionName"]
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="functions.gone.handler")
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Handler=handler)
