"""Every version of one key: what became of it, by which execution, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.pipeline.errors import NotFoundError
from ops.pipeline.object_versions import versions_of
from ops.pipeline.records import find_record
from ops.pipeline.shell import command, replay_command
from ops.pipeline.traces import look_up
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.traces import Trace


@dataclass(frozen=True)
class FileVersion:
    """One version. `record` is what is stored of it; None where it failed, runs or never began."""

    trace: Trace
    size: int
    record: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """For programs; `next` is what to do, "" where nothing is."""
        upload, record = self.trace.upload, self.record or {}
        names = ("format", "records", "columns", "delimiter", "encoding", "ragged_rows", "warnings")
        return {
            "key": upload.key,
            "version_id": upload.version_id,
            "date": upload.date,
            "uploaded_at": upload.time,
            "assumed_day": self.trace.assumed,
            "status": self.trace.state,
            "size_bytes": self.size,
            **{name: record.get(name) for name in names},
            "error": record.get("error"),
            "execution": self.trace.execution,
            "report": command("report", upload.date),
            "next": self.next,
        }

    @property
    def next(self) -> str:
        """What to do about it."""
        if self.trace.state == "rejected":
            again = replay_command(self.trace.identity)
            return f"mend the file and upload it again; if the pipeline was at fault: {again}"
        if self.trace.state == "failed":
            name = (self.trace.execution or "").rpartition(":")[2]
            return f"once its cause is mended: {command('redrive', names=(name,))}"
        if self.trace.state == "running":
            return "wait for it"
        return replay_command(self.trace.identity) if self.trace.state == "unknown" else ""


def file_history(
    deployment: Deployment, key: str, version_id: str | None = None
) -> list[FileVersion]:
    """The versions of a key, newest first, or the one that is asked for.

    Raises:
        NotFoundError: the raw bucket holds none.
    """
    stored = [
        each for each in versions_of(deployment, key) if version_id in {None, each.version_id}
    ]
    if not stored:
        which = f"no version {version_id} of {key}" if version_id else f"no {key}"
        raise NotFoundError(f"the raw bucket holds {which}: `tally files --like TEXT` looks for it")
    traces = look_up(deployment, stored)
    records = together(lambda each: find_record(deployment, each.identity, each.stored), stored)
    return [
        FileVersion(trace, each.size, record)
        for trace, each, record in zip(traces, stored, records, strict=True)
    ]
