"""The executions about one version of a file, as far as they can be found without reading all.

Step Functions keeps no index of inputs. But an execution that stored a record is named by it, also
where another one stored it again: the bucket keeps the versions of a record. One that was ignored
as a duplicate left a marker, one that rejected or failed a letter. What is left are executions that
failed or run, and whose letter is gone: of these, the newest of each status are looked through.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import layout
from ops.pipeline.executions import FAILED, RUNNING, executions
from ops.pipeline.executions_about import executions_about
from ops.pipeline.times import moment_of
from ops.pipeline.waiting import described_all, together

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details, Execution
    from ops.pipeline.letters import Letter
    from ops.pipeline.traces import Trace
    from ops.pipeline.uploads import Identity, Upload

LISTED: Final = 2000
"""So many executions of each status are listed: two requests."""
DESCRIBED: Final = 200
"""So many of them are described, those first that started soonest after the upload."""
DOUBT: Final = timedelta(minutes=2)
"""An execution does not start before its event; clocks differ."""
ENDED_AGAIN: Final = {
    "ExecutionFailed": "executionFailedEventDetails",
    "ExecutionTimedOut": "executionTimedOutEventDetails",
    "ExecutionAborted": "executionAbortedEventDetails",
}


@dataclass(frozen=True)
class Ending:
    """An end or a redrive of an execution that was redriven later; `error` is "" for a redrive."""

    time: datetime
    error: str


@dataclass(frozen=True)
class FileExecutions:
    """Those about one version, in the order of their start; `details` by ARN.

    `written` are the records that were stored for it, each by its execution: of one that Step
    Functions has forgotten, this is what is left. `whole` is false where some may be missing.
    """

    details: Mapping[str, Details]
    written: Mapping[str, Mapping[str, Any]]
    earlier: Mapping[str, Sequence[Ending]]
    """What happened to executions before they were redriven for the last time."""
    whole: bool


@dataclass(frozen=True)
class _Unfinished:
    """What failed or runs since a moment, by the versions that it is about."""

    found: Mapping[Identity, Collection[str]]
    whole: bool


def executions_of(
    deployment: Deployment, traces: Sequence[Trace], letters: Iterable[Letter]
) -> dict[Identity, FileExecutions]:
    """The executions about each of these versions; `letters` are the queue's."""
    if not traces:
        return {}
    named: dict[Identity, set[str]] = {
        each.identity: {each.execution} if each.execution else set() for each in traces
    }
    for letter in letters:
        if letter.identity in named and letter.execution:
            named[letter.identity].add(letter.execution)
    uploads = [each.upload for each in traces]
    unfinished = _unfinished(deployment, uploads)
    records = together(lambda each: written_for(deployment, each), uploads)
    return {
        upload.identity: _one(
            deployment,
            {*named[upload.identity], *unfinished.found.get(upload.identity, ())},
            written,
            whole=unfinished.whole,
        )
        for upload, written in zip(uploads, records, strict=True)
    }


def _one(
    deployment: Deployment,
    arns: set[str],
    written: Mapping[str, Mapping[str, Any]],
    *,
    whole: bool,
) -> FileExecutions:
    known = described_all(deployment, [*written, *sorted(arns - set(written))])
    found = [each for each in known.values() if each is not None]
    ordered = sorted(found, key=lambda each: (each.started, each.arn))
    redriven = [each.arn for each in ordered if each.redrives]
    endings = together(lambda arn: endings_before(deployment, arn), redriven)
    return FileExecutions(
        details={each.arn: each for each in ordered},
        written=written,
        earlier=dict(zip(redriven, endings, strict=True)),
        whole=whole,
    )


def written_for(deployment: Deployment, upload: Upload) -> dict[str, Mapping[str, Any]]:
    """The records that were stored for a version, by the execution, the oldest first.

    A record that another execution stored again is an old version of the same object, which the
    bucket keeps for `noncurrent_version_days`.
    """
    s3, bucket = deployment.clients.s3, deployment.reports_bucket
    identity = (upload.date, upload.key, upload.version_id)
    stems = dict.fromkeys([layout.record_stem(*identity), layout.old_stem(*identity)])
    pages = s3.get_paginator("list_object_versions")
    items = [
        item
        for stem in stems
        for page in pages.paginate(Bucket=bucket, Prefix=f"{stem}.")
        for item in page.get("Versions", ())
    ]

    def read(item: Any) -> dict[str, Any]:
        found = s3.get_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        record: dict[str, Any] = json.loads(found["Body"].read())
        return record

    records = sorted(together(read, items), key=lambda each: str(each["processed_at"]))
    return {each["execution_arn"]: each for each in records if each.get("execution_arn")}


def _unfinished(deployment: Deployment, uploads: Sequence[Upload]) -> _Unfinished:
    """What failed or runs since the first of these uploads, as far as the bounds go."""
    wanted = {each.identity for each in uploads}
    since = min(moment_of(each.time) for each in uploads) - DOUBT
    listed: list[Execution] = []
    whole = True
    for status in (*FAILED, RUNNING):
        some = list(islice(executions(deployment, "process_file", status, since), LISTED + 1))
        whole = whole and len(some) <= LISTED
        listed += some
    nearest = sorted(listed, key=lambda each: min(_after(each, upload) for upload in uploads))
    found: dict[Identity, list[str]] = {}
    for each in executions_about(deployment, [each.arn for each in nearest[:DESCRIBED]], wanted):
        if each.upload is not None:
            found.setdefault(each.upload.identity, []).append(each.arn)
    return _Unfinished(found, whole and len(nearest) <= DESCRIBED)


def _after(execution: Execution, upload: Upload) -> float:
    """Seconds from the upload to the start; one that started before it is about another."""
    seconds = (execution.started - moment_of(upload.time) + DOUBT).total_seconds()
    return seconds if seconds >= 0 else float("inf")


def endings_before(deployment: Deployment, arn: str) -> list[Ending]:
    """The failures and redrives of an execution, but for its last redrive and what came of it."""
    pages = deployment.clients.states.get_paginator("get_execution_history").paginate(
        executionArn=arn, includeExecutionData=False, PaginationConfig={"PageSize": 1000}
    )
    found: list[Ending] = []
    for event in (event for page in pages for event in page["events"]):
        if event["type"] == "ExecutionRedriven":
            found.append(Ending(event["timestamp"], ""))
        elif event["type"] in ENDED_AGAIN:
            told: Any = event.get(ENDED_AGAIN[event["type"]], {})
            error = told.get("error") or event["type"].removeprefix("Execution")
            found.append(Ending(event["timestamp"], error))
    redriven = [place for place, each in enumerate(found) if not each.error]
    return found[: redriven[-1]] if redriven else []
