"""The main job, step by step: endpoint, deploy, upload, wait, report, copy."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from local.deploy import deploy
from local.deploy.session import endpoint
from local.deploy.synth import synthesize
from local.errors import LocalError
from ops.local_run.copy import copy_bucket
from ops.local_run.files import collect
from ops.local_run.pipeline import POLL_SECONDS, Ended, Pipeline, Version
from ops.local_run.samples import sample_uploads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ops.local_run.files import Upload

STALLED_SECONDS = 180
REPORT_SECONDS = 600


class Watcher(Protocol):
    """Who is told how far the job is."""

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


@dataclass(frozen=True)
class RunResult:
    """What the job answers: files in upload order, the report, executions by status."""

    files: list[FileResult]
    report: dict[str, Any]
    executions: dict[str, int]
    out: Path
    report_files: list[Path] = field(default_factory=list)

    @property
    def accounted_for(self) -> bool:
        """Whether every file was processed, rejected, or was a duplicate."""
        return all(file.status in {"processed", "rejected", "duplicate"} for file in self.files)


def run(request: Request, progress: Watcher) -> RunResult:
    """Run the whole pipeline once on real files.

    Raises:
        LocalError: a file or the endpoint, the app or the report is not as it must be.
    """
    _make(request.out)
    uploads = collect(request.paths) if request.paths else sample_uploads(request.out / "samples")
    progress.step("starting the endpoint")
    with endpoint() as url:
        progress.step("synthesizing the stacks")
        assembly = synthesize(request.project, request.out / "cdk.out")
        progress.step("deploying")
        pipeline = Pipeline(url, deploy(assembly, url))
        return _process(pipeline, uploads, request, progress)


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is not a folder" if out.exists() else error.strerror
        raise LocalError(f"--out {out} cannot be used: {reason}", exit_code=2) from error


def _process(
    pipeline: Pipeline, uploads: Sequence[Upload], request: Request, progress: Watcher
) -> RunResult:
    progress.step("uploading", len(uploads))
    versions = pipeline.upload(uploads, progress.done)
    uploaded_on = datetime.now(UTC).date().isoformat()
    progress.step("processing", len(versions))
    ended = wait_for(pipeline, versions, progress)
    progress.step("writing the report")
    report = pipeline.report(request.date or uploaded_on, REPORT_SECONDS)
    progress.step("copying the reports bucket")
    copied = copy_bucket(pipeline, pipeline.outputs["ReportsBucketName"], request.out / "reports")
    return RunResult(
        files=[file_result(version, ended.get(version)) for version in versions],
        report=report,
        executions=dict(Counter(execution.status for execution in ended.values())),
        out=request.out,
        report_files=[
            path for key, path in copied if f"daily-reports/date={report['date']}/" in key
        ],
    )


def wait_for(
    pipeline: Pipeline, versions: Sequence[Version], progress: Watcher
) -> dict[Version, Ended]:
    """The execution of each object version, once each has ended.

    Gives up on the rest when nothing has ended for STALLED_SECONDS: those are then reported as
    in flight and not waited for without end.
    """
    wanted, ended, known = set(versions), dict[Version, Ended](), set[str]()
    last_change = time.monotonic()
    while len(ended) < len(wanted) and time.monotonic() - last_change < STALLED_SECONDS:
        for execution in pipeline.ended("ProcessFileMachineArn", known):
            known.add(execution.arn)
            version = version_of(execution)
            if version in wanted and version not in ended:
                ended[version] = execution
                progress.done()
                last_change = time.monotonic()
        time.sleep(POLL_SECONDS)
    return ended


def version_of(execution: Ended) -> Version:
    """The object version that an execution was started for."""
    item = execution.input["detail"]["object"]
    return item["key"], item.get("version-id", "null")


def file_result(version: Version, execution: Ended | None) -> FileResult:
    """What to say about one file."""
    key = version[0]
    if execution is None:
        return FileResult(key, "in flight", error="its execution has not ended")
    if execution.output is None:
        return FileResult(key, execution.status.lower(), error=execution.error)
    record = execution.output
    error = record.get("error") or {}
    return FileResult(
        key, record["status"], record.get("format"), record.get("records"), error.get("code")
    )
