"""Messages that nobody can mend are acknowledged: they leave the queue, and the report says why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import dead_letters, layout
from ops.pipeline.dead_letters import Settling
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Letter
    from ops.pipeline.uploads import Identity

REASON_LIMIT: Final = 500


@dataclass(frozen=True)
class AcknowledgeRequest:
    """Which messages, and why they may go.

    Those with these ids, all with this error (`cause`), and all about these object versions.
    """

    reason: str
    letters: Sequence[str] = ()
    cause: str | None = None
    versions: Collection[Identity] = ()


@dataclass(frozen=True)
class Acknowledged:
    """What left the queue. `date` is the day whose report names it, `missing` ids not found."""

    date: str
    letters: tuple[Letter, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "date": self.date,
            "acknowledged": [each.to_json() for each in self.letters],
            "missing": list(self.missing),
        }


def acknowledge(deployment: Deployment, request: AcknowledgeRequest) -> Acknowledged:
    """Write down each message with the reason, and then let it leave the queue.

    What is written lies under the UTC day of today, whose report lists it.

    Raises:
        OpsError: bad usage: no reason, or no messages are named.
    """
    reason = " ".join(request.reason.split())
    if not reason or len(reason) > REASON_LIMIT:
        raise OpsError(f"a reason has 1 to {REASON_LIMIT} characters", BAD_USAGE)
    if not request.letters and request.cause is None and not request.versions:
        raise OpsError("name messages by their ids (tally dlq --json), or a --cause", BAD_USAGE)
    now = datetime.now(UTC)
    with Settling(deployment, dead_letters.letters(deployment, dead_letters.HOLD_SECONDS)) as queue:
        wanted = {_in_full(given, queue.held) for given in request.letters}
        versions = set(request.versions)
        chosen = [
            each
            for each in queue.held
            if each.id in wanted or each.error == request.cause or each.identity in versions
        ]
        together(lambda each: _write_down(deployment, each, reason, now), chosen)
        queue.settle(chosen)
    missing = wanted - {each.id for each in chosen}
    return Acknowledged(now.date().isoformat(), tuple(chosen), tuple(sorted(missing)))


def _in_full(given: str, held: Sequence[Letter]) -> str:
    """The id that begins so, where just one does; else what was given.

    Raises:
        OpsError: bad usage: several do.
    """
    found = [each.id for each in held if each.id.startswith(given)]
    if given in found:
        return given
    if len(found) > 1:
        raise OpsError(f"{len(found)} messages have ids that begin with {given!r}", BAD_USAGE)
    return found[0] if found and given else given


def _write_down(deployment: Deployment, letter: Letter, reason: str, now: datetime) -> None:
    document = letter.to_json() | {
        "reason": reason,
        "acknowledged_at": now.isoformat(timespec="seconds"),
    }
    deployment.clients.s3.put_object(
        Bucket=deployment.reports_bucket,
        Key=layout.acknowledged_key(now.date().isoformat(), letter.id),
        Body=json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        ContentType="application/json",
    )
