"""For which day an object version counts, looked up where it left a trace.

A record says it, else an execution about it, else a message of the dead-letter queue. S3 is asked
only of a version without any trace; its day is then an assumption, and is said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from ops.pipeline.executions import FAILED, RUNNING, Details, executions
from ops.pipeline.executions_about import executions_about
from ops.pipeline.records import find_record
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Letter
    from ops.pipeline.object_versions import StoredVersion
    from ops.pipeline.uploads import Identity, Upload

CLOCKS_DIFFER: Final = timedelta(minutes=2)

State = Literal["processed", "rejected", "failed", "running", "unknown"]


@dataclass(frozen=True)
class Trace:
    """What is known of one object version. `upload` has the time of its event, and so its day."""

    upload: Upload
    state: State
    assumed: bool = False
    """Whether nothing but S3's LastModified says the day."""
    execution: str | None = None
    """The ARN of the execution that wrote its record, failed or runs."""
    record: Mapping[str, Any] | None = None
    """What is stored of it; None where it failed, runs or never began."""
    details: Details | None = None
    """The execution in full where it failed or runs."""

    @property
    def identity(self) -> Identity:
        """Its key and version id."""
        return self.upload.identity


def look_up(
    deployment: Deployment, versions: Sequence[StoredVersion], letters: Iterable[Letter] = ()
) -> list[Trace]:
    """The trace of each version, in order. `letters` are the queue's, if they are at hand."""
    records = together(lambda each: find_record(deployment, each.identity, each.stored), versions)
    without = [each for each, found in zip(versions, records, strict=True) if found is None]
    unfinished = _unfinished(deployment, without)
    times = {each.identity: each.time for each in letters if each.identity and each.time}
    bucket = deployment.raw_bucket
    return [
        recorded(each, bucket, found) if found else _unrecorded(each, bucket, unfinished, times)
        for each, found in zip(versions, records, strict=True)
    ]


def recorded(version: StoredVersion, bucket: str, record: Mapping[str, Any]) -> Trace:
    """The trace of a version that has this record."""
    state: State = "processed" if record["status"] == "processed" else "rejected"
    upload = version.upload(bucket, record["uploaded_at"])
    return Trace(upload, state, execution=record.get("execution_arn"), record=record)


def _unrecorded(
    version: StoredVersion,
    bucket: str,
    unfinished: Mapping[Identity, Details],
    times: Mapping[Identity, str],
) -> Trace:
    details = unfinished.get(version.identity)
    if details is not None and details.upload is not None:
        state: State = "running" if details.status == RUNNING else "failed"
        upload = version.upload(bucket, details.upload.time)
        return Trace(upload, state, execution=details.arn, details=details)
    time = times.get(version.identity)
    return Trace(version.upload(bucket, time), "unknown", assumed=time is None)


def _unfinished(
    deployment: Deployment, versions: Sequence[StoredVersion]
) -> dict[Identity, Details]:
    """The executions about these versions that failed or run; one that runs before all others."""
    if not versions:
        return {}
    since: datetime = min(each.stored for each in versions) - CLOCKS_DIFFER
    arns = [
        each.arn
        for status in (*FAILED, RUNNING)
        for each in executions(deployment, "process_file", status, since)
    ]
    found = executions_about(deployment, arns, {each.identity for each in versions})
    return {each.upload.identity: each for each in found if each.upload is not None}
