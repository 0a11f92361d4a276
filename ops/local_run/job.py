"""The main job, step by step: endpoint, deploy, upload, wait, report, copy."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3

from local.deploy import deploy
from local.deploy.kept_assembly import assembly_of
from local.deploy.session import endpoint
from local.errors import LocalError
from ops.local_run.copy import copy_bucket
from ops.local_run.samples import add_contracts, sample_items
from ops.pipeline import reports
from ops.pipeline.deployment import Clients, client, deployment_of
from ops.pipeline.errors import message_of
from ops.pipeline.followed_uploads import FileOutcome, Patience, follow
from ops.pipeline.upload_items import items
from ops.pipeline.uploader import Uploaded, upload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.upload_items import Item

STALLED_SECONDS: Final = 180
REPORT_SECONDS: Final = 600
CONNECTIONS: Final = 16
NAME: Final = "local"


class Watcher(Protocol):
    """Who is informed of how far the job is."""

    def step(self, name: str, total: int | None = None) -> None:
        """A new step began; `total` things are to be done in it, where that is known."""

    def done(self, number: int = 1) -> None:
        """So many more things of the current step are done."""


@dataclass(frozen=True)
class Request:
    """What the user asked for; no paths means the sample files."""

    project: Path
    paths: Sequence[Path]
    out: Path
    date: str | None = None


@dataclass(frozen=True)
class FileResult:
    """What became of one uploaded file; `status` is the record's, or the execution's."""

    key: str
    status: str
    format: str | None = None
    records: int | None = None
    error: str | None = None
    message: str | None = None
    """What its rejection says."""


@dataclass(frozen=True)
class RunResult:
    """What the job answers: files in upload order, the report, how many of each status."""

    files: list[FileResult]
    report: dict[str, Any]
    executions: dict[str, int]
    out: Path
    report_files: list[Path] = field(default_factory=list)

    @property
    def accounted_for(self) -> bool:
        """Whether every file was processed or rejected."""
        return all(file.status in {"processed", "rejected"} for file in self.files)


def run(request: Request, progress: Watcher) -> RunResult:
    """Run the whole pipeline once on real files.

    Raises:
        LocalError, OpsError: a file or the endpoint, the app or the report is not as it must be.
    """
    _make(request.out)
    wanted = items(request.paths) if request.paths else sample_items(request.out / "samples")
    progress.step("starting the endpoint")
    with endpoint() as url:
        progress.step("synthesizing the stacks")
        assembly = assembly_of(request.project, request.out / "cdk.out")
        if not request.paths:
            add_contracts(assembly)
        progress.step("deploying")
        deployment = deployment_at(url, deploy(assembly, url))
        return _process(deployment, wanted, request, progress)


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is not a folder" if out.exists() else error.strerror
        raise LocalError(f"--out {out} cannot be used: {reason}", exit_code=2) from error


def deployment_at(url: str, outputs: Mapping[str, str]) -> Deployment:
    """What was deployed at this endpoint, which takes any credentials."""
    region = outputs["ProcessFileMachineArn"].split(":")[3]
    session = boto3.Session("local", "local", region_name=region)
    return deployment_of(NAME, region, outputs, Clients(partial(client, session, endpoint=url)))


def _process(
    deployment: Deployment, wanted: Sequence[Item], request: Request, progress: Watcher
) -> RunResult:
    uploaded = _upload(deployment, wanted, progress)
    uploaded_on = datetime.now(UTC).date().isoformat()
    progress.step("processing", len(uploaded))
    found = follow(deployment, uploaded, Patience(stalled=STALLED_SECONDS), on_ended=progress.done)
    progress.step("writing the report")
    report = _report(deployment, request.date or uploaded_on)
    progress.step("copying the reports bucket")
    copied = copy_bucket(deployment, deployment.reports_bucket, request.out / "reports")
    return RunResult(
        files=[file_result(each.item.key, found.get(each.identity)) for each in uploaded],
        report=report,
        executions=dict(Counter(outcome.status for outcome in found.values())),
        out=request.out,
        report_files=[
            path for key, path in copied if f"daily-reports/date={report['date']}/" in key
        ],
    )


def _upload(deployment: Deployment, wanted: Sequence[Item], progress: Watcher) -> list[Uploaded]:
    """Every file in the raw bucket.

    Raises:
        LocalError: one could not be uploaded.
    """
    progress.step("uploading", len(wanted))
    done = []
    for each in upload(deployment, wanted, parallel=CONNECTIONS, compare=False):
        if each.state == "failed":
            raise LocalError(f"{each.item.path} could not be uploaded: {each.problem}")
        progress.done()
        done.append(each)
    return done


def _report(deployment: Deployment, date: str) -> dict[str, Any]:
    """Write the daily report of one UTC day, and read it.

    Raises:
        LocalError: its execution did not succeed; says by which error.
    """
    ended = reports.restate(deployment, [date], REPORT_SECONDS).written[date]
    if ended is None:
        raise LocalError(f"the report did not end within {REPORT_SECONDS} s")
    if ended.error or not ended.output:
        raise LocalError(f"the report {ended.status}: {ended.error}: {message_of(ended.cause)}")
    return reports.report(deployment, date)


def file_result(key: str, outcome: FileOutcome | None) -> FileResult:
    """What to say about one file."""
    if outcome is None:
        return FileResult(key, "in flight", error="its execution has not ended")
    if outcome.word == "failed":
        return FileResult(key, outcome.status.lower(), error=outcome.error)
    record = outcome.record
    error = record.get("error") or {}
    return FileResult(
        key,
        record["status"],
        record.get("format"),
        record.get("records"),
        error.get("code"),
        error.get("message"),
    )
