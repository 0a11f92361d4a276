"""What became of uploads: of each, its record, or the execution that it started."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline.errors import message_of
from ops.pipeline.executions import RUNNING, SUCCEEDED, became, executions
from ops.pipeline.records import find_record
from ops.pipeline.waiting import TIMEOUT_SECONDS, described_all, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details
    from ops.pipeline.uploader import Uploaded
    from ops.pipeline.uploads import Identity

CLOCKS_DIFFER: Final = timedelta(minutes=2)
RESUMED: Final = timedelta(hours=1)
"""How long ago an upload may have been broken off whose executions are still followed."""
POLL_SECONDS: Final = 0.25


@dataclass(frozen=True)
class FileOutcome:
    """What became of a file: processed, rejected or failed; its record, and its execution's ARN.

    `status`, `error` and `cause` are the execution's.
    """

    word: str
    record: dict[str, Any]
    execution: str | None
    status: str = SUCCEEDED
    error: str | None = None
    cause: str | None = None

    @property
    def why(self) -> str:
        """Why it was rejected or failed."""
        rejection = self.record.get("error")
        if rejection:
            return f"{rejection['code']}: {rejection['message']}"
        return f"{self.error}: {message_of(self.cause)}" if self.error else self.status


class _Executions:
    """The executions that uploads started, found among those that began since then."""

    def __init__(self, deployment: Deployment, waiting: set[Identity], since: datetime) -> None:
        self._deployment = deployment
        self._since = since
        self._known: set[str] = set()
        self.waiting = waiting

    def ended(self) -> Iterator[tuple[Identity, Details]]:
        """Those that ended since the last call, in full.

        An execution that ignored its event as a duplicate says nothing of the file: the one that
        counted it does.
        """
        listed = executions(self._deployment, "process_file", since=self._since)
        new = [each.arn for each in listed if each.status != RUNNING]
        new = [arn for arn in new if arn not in self._known]
        for arn, details in described_all(self._deployment, new).items():
            self._known.add(arn)
            if details is None or details.upload is None or became(details) == "duplicate":
                continue
            if details.upload.identity in self.waiting:
                self.waiting.discard(details.upload.identity)
                yield details.upload.identity, details


@dataclass(frozen=True)
class Patience:
    """How long to wait: so many seconds in all, and so many without any that ended."""

    timeout: float = TIMEOUT_SECONDS
    stalled: float = TIMEOUT_SECONDS


def follow(
    deployment: Deployment,
    uploaded: Sequence[Uploaded],
    patience: Patience,
    on_begun: Callable[[int], None] = lambda _: None,
    on_ended: Callable[[], None] = lambda: None,
) -> dict[Identity, FileOutcome]:
    """What became of each upload, as far as it is known in time.

    Of what had been there before it is the record. `on_begun` is called with the number of
    executions that are followed, `on_ended` as each ends.
    """
    found = _recorded(deployment, [each for each in uploaded if each.state == "unchanged"])
    followed = [each for each in uploaded if each.identity not in found and _is_recent(each)]
    since = min((each.stored for each in followed if each.stored), default=datetime.now(UTC))
    running = _Executions(deployment, {each.identity for each in followed}, since - CLOCKS_DIFFER)
    on_begun(len(running.waiting))
    begun = last = time.monotonic()
    while running.waiting and time.monotonic() < min(
        begun + patience.timeout, last + patience.stalled
    ):
        for identity, details in running.ended():
            found[identity] = _outcome(details)
            last = time.monotonic()
            on_ended()
        if running.waiting:
            time.sleep(POLL_SECONDS)
    return found


def _is_recent(uploaded: Uploaded) -> bool:
    """Whether an upload's execution may still be on its way."""
    if uploaded.stored is None or not uploaded.version_id:
        return False
    return uploaded.state == "uploaded" or uploaded.stored > datetime.now(UTC) - RESUMED


def _recorded(deployment: Deployment, there: Sequence[Uploaded]) -> dict[Identity, FileOutcome]:
    """What became of those that were there already, as far as it is recorded."""

    def recorded(each: Uploaded) -> dict[str, Any] | None:
        return find_record(deployment, each.identity, each.stored) if each.stored else None

    records = together(recorded, there)
    return {
        each.identity: FileOutcome(found["status"], found, found.get("execution_arn"))
        for each, found in zip(there, records, strict=True)
        if found is not None
    }


def _outcome(details: Details) -> FileOutcome:
    return FileOutcome(
        word=became(details),
        record=details.result,
        execution=details.arn,
        status=details.status,
        error=details.error,
        cause=details.cause,
    )
