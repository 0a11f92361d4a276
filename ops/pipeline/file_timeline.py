"""What happened to one version of a file, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.pipeline.executions import SUCCEEDED, Details, became
from ops.pipeline.times import moment_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from ops.pipeline.file_executions import Ending, FileExecutions
    from ops.pipeline.letters import Letter


@dataclass(frozen=True)
class Moment:
    """One thing that happened, and what it is to be found by: an execution, a letter, a report."""

    time: datetime
    what: str
    execution: str | None = None
    letter: str | None = None
    report: str | None = None

    def to_json(self) -> dict[str, Any]:
        """For programs; the time is ISO 8601, what does not apply is left out."""
        named = {"execution": self.execution, "letter": self.letter, "report": self.report}
        given = {name: value for name, value in named.items() if value}
        return {"time": self.time.isoformat(timespec="seconds"), "what": self.what, **given}


def executions_moments(found: FileExecutions, duplicates: Collection[str]) -> Iterator[Moment]:
    """Starts, ends and redrives of the executions, but of those whose markers tell of them."""
    for arn, record in found.written.items():
        if arn not in found.details:
            yield Moment(moment_of(record["processed_at"]), _recorded(record), arn)
    for details in found.details.values():
        if details.arn not in duplicates:
            yield from _execution_moments(details, found.earlier.get(details.arn, ()))


def _execution_moments(details: Details, earlier: Iterable[Ending]) -> Iterator[Moment]:
    what = "replay started" if details.is_replay else "execution started"
    yield Moment(details.started, what, details.arn)
    for each in earlier:
        what = f"failed: {each.error}" if each.error else "execution redriven"
        yield Moment(each.time, what, details.arn)
    if details.redriven:
        yield Moment(details.redriven, "execution redriven", details.arn)
    if details.stopped:
        yield Moment(details.stopped, _ended(details), details.arn)


def _recorded(record: Mapping[str, Any]) -> str:
    """Of an execution that Step Functions has forgotten: what it stored."""
    error = record.get("error") or {}
    return f"{record['status']}: {error['code']}" if error else str(record["status"])


def _ended(details: Details) -> str:
    if details.status != SUCCEEDED:
        return f"failed: {details.error or details.status}"
    error = details.result.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return f"{became(details)}: {code}" if code else became(details)


def letter_moment(letter: Letter) -> Moment:
    """When its message came into the dead-letter queue."""
    return Moment(letter.sent, f"dead letter: {letter.kind}", letter=letter.id)


def duplicate_moments(markers: Iterable[Mapping[str, Any]]) -> Iterator[Moment]:
    """When further events about the version came, and were ignored."""
    for each in markers:
        at = moment_of(each["processed_at"])
        yield Moment(at, "another event about it, ignored", each.get("execution_arn"))
