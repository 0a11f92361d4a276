"""Every version of one key: what became of it, by which execution, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import dead_letters
from ops.pipeline.errors import NotFoundError, message_of
from ops.pipeline.file_executions import executions_of
from ops.pipeline.file_timeline import (
    Moment,
    duplicate_moments,
    executions_moments,
    letter_moment,
)
from ops.pipeline.object_versions import version_named, versions_of
from ops.pipeline.records import duplicates_of, find_earlier_record
from ops.pipeline.reports import written_at
from ops.pipeline.shell import command, replay_command
from ops.pipeline.times import moment_of
from ops.pipeline.traces import look_up, recorded
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details
    from ops.pipeline.file_executions import FileExecutions
    from ops.pipeline.letters import Letter
    from ops.pipeline.object_versions import StoredVersion
    from ops.pipeline.traces import Trace

SECOND: Final = timedelta(seconds=1)
"""S3 says when an object was stored to the second."""
READ: Final = (
    "format",
    "records",
    "columns",
    "delimiter",
    "encoding",
    "ragged_rows",
    "warnings",
    "profile",
    "breaches",
)
"""What a record says of how its file was read, and of its values where field rules are."""


@dataclass(frozen=True, kw_only=True)
class FileVersion:
    """One version."""

    trace: Trace
    size: int
    executions: FileExecutions
    letters: tuple[Letter, ...]
    """The messages about it in the dead-letter queue, the newest last."""
    duplicates: tuple[Mapping[str, Any], ...]
    """The markers of its further events, which were ignored."""
    report_written: datetime | None
    """When the report of its day was last written."""

    def to_json(self) -> dict[str, Any]:
        """For programs; `next` is what to do, "" where nothing is."""
        upload, record = self.trace.upload, self.trace.record or {}
        return {
            "key": upload.key,
            "version_id": upload.version_id,
            "date": upload.date,
            "uploaded_at": upload.time,
            "assumed_day": self.trace.assumed,
            "status": self.trace.state,
            "size_bytes": self.size,
            **{name: record.get(name) for name in READ},
            "error": self.error,
            "execution": self.trace.execution,
            "letter": None if self.letter is None else self.letter.to_json(),
            "duplicates": len(self.duplicates),
            "report": command("report", upload.date),
            "report_written": self.report_written.isoformat() if self.report_written else None,
            "report_is_older": self.report_is_older,
            "next": self.next,
            "timeline": [each.to_json() for each in self.timeline],
            "timeline_whole": self.executions.whole,
        }

    @property
    def execution(self) -> Details | None:
        """The execution that its record or failure names; None once Step Functions forgot it."""
        return self.executions.details.get(self.trace.execution or "")

    @property
    def letter(self) -> Letter | None:
        """The newest message about it."""
        return self.letters[-1] if self.letters else None

    @property
    def error(self) -> dict[str, str] | None:
        """What it was rejected for, failed by, or what its message says where nothing began."""
        if self.trace.state == "rejected" and self.trace.record:
            found: dict[str, str] = self.trace.record["error"]
            return found
        if self.trace.state == "failed" and self.trace.details:
            failed = self.trace.details
            return {"code": failed.error or failed.status, "message": message_of(failed.cause)}
        if self.trace.state == "unknown" and self.letter:
            return {"code": self.letter.error, "message": self.letter.message}
        return None

    @property
    def report_is_older(self) -> bool:
        """Whether the report of its day was written before it ended, and may not have it."""
        written = self.report_written
        ended = self.execution.stopped if self.execution else moment_of(self.trace.upload.time)
        return written is not None and (ended is None or written + SECOND <= ended)

    @property
    def next(self) -> str:
        """What to do about it."""
        again, name = replay_command(self.trace.identity), _name(self.trace.execution)
        let_go = f"; if nobody can mend it: {self._acknowledgement}" if self.letter else ""
        mend = "mend the file and upload it again; if the pipeline was at fault:"
        return {
            "rejected": f"{mend} {again}{let_go}",
            "failed": f"once its cause is mended: {command('redrive', names=(name,))}{let_go}",
            "running": f"wait for it: {command('show', names=(name,))}",
            "unknown": f"{again}{let_go}",
            "processed": "",
        }[self.trace.state]

    @property
    def _acknowledgement(self) -> str:
        named = (self.letter.id,) if self.letter else ()
        return command("dlq", "--acknowledge", "REASON", names=named)

    @property
    def timeline(self) -> list[Moment]:
        """What happened to it, oldest first."""
        came = "stored by S3; when its event was sent is not known"
        upload = self.trace.upload
        found = [Moment(moment_of(upload.time), came if self.trace.assumed else "uploaded")]
        ignored = {each.get("execution_arn", "") for each in self.duplicates}
        found += executions_moments(self.executions, ignored)
        found += map(letter_moment, self.letters)
        found += duplicate_moments(self.duplicates)
        if self.report_written and not self.report_is_older:
            what = f"report of {upload.date} last written"
            found.append(Moment(self.report_written, what, report=upload.date))
        return sorted(found, key=lambda each: each.time)


def file_history(
    deployment: Deployment,
    key: str,
    version_id: str | None = None,
    letters: Iterable[Letter] | None = None,
) -> list[FileVersion]:
    """The versions of a key, newest first, or the one whose id is, or alone begins with, that.

    `letters` are the dead-letter queue's; without them the queue is looked at.

    Raises:
        NotFoundError: the raw bucket holds none, or several ids begin so.
    """
    stored = _stored(deployment, key, version_id)
    held = list(_letters(deployment) if letters is None else letters)
    known = look_up(deployment, stored, held)
    traces = together(lambda each: _earlier(deployment, *each), zip(stored, known, strict=True))
    executions = executions_of(deployment, traces, held)
    days = sorted({each.upload.date for each in traces})
    written = dict(zip(days, together(lambda day: written_at(deployment, day), days), strict=True))
    markers = [each for day in days for each in duplicates_of(deployment, day)]
    return [
        FileVersion(
            trace=trace,
            size=version.size,
            executions=executions[trace.identity],
            letters=_about(held, trace),
            duplicates=tuple(each for each in markers if _identity(each) == trace.identity),
            report_written=written[trace.upload.date],
        )
        for trace, version in zip(traces, stored, strict=True)
    ]


def _stored(deployment: Deployment, key: str, version_id: str | None) -> list[StoredVersion]:
    found = versions_of(deployment, key)
    if version_id:
        named = version_named(found, version_id)
        found = [named] if named else []
    if not found:
        which = f"no version {version_id} of {key}" if version_id else f"no {key}"
        raise NotFoundError(f"the raw bucket holds {which}: `tally files --like TEXT` looks for it")
    return found


def _letters(deployment: Deployment) -> list[Letter]:
    return dead_letters.look(deployment) if dead_letters.depth(deployment) else []


def _earlier(deployment: Deployment, version: StoredVersion, trace: Trace) -> Trace:
    """The trace, with the record of a day before S3 stored it where there is no other."""
    if not (trace.state == "unknown" and trace.assumed):
        return trace
    record = find_earlier_record(deployment, version.identity, version.stored)
    return recorded(version, trace.upload.bucket, record) if record else trace


def _about(held: Iterable[Letter], trace: Trace) -> tuple[Letter, ...]:
    about = [each for each in held if each.identity == trace.identity]
    return tuple(sorted(about, key=lambda each: each.sent))


def _identity(marker: Mapping[str, Any]) -> tuple[str, str]:
    return marker["key"], marker["version_id"]


def _name(arn: str | None) -> str:
    return (arn or "").rpartition(":")[2]
