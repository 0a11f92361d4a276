"""Which executions had failed when a report was begun: a redrive takes them away, one by one.

A redrive by the API alone may store a record and call no function. In the time between the listing
of a day's records and the look at its failed executions, nothing else would tell of that record
(docs/decisions/late-days.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 100_000
"""A hundred pages of ListExecutions: 20 to 50 seconds, of the five minutes that PlanReport has."""


@dataclass(frozen=True)
class FailedSoFar:
    """Those that had failed by a moment of Step Functions' own clock (ISO 8601)."""

    until: str
    fingerprint: str
    """Of their ARNs, in whatever order they come."""

    @classmethod
    def of(cls, failed: Iterable[tuple[str, datetime]], start: datetime) -> FailedSoFar | None:
        """Of those that began since `start`: ARNs, and when each ended. None if it is too many."""
        ended = dict(islice(failed, MOST + 1))
        if len(ended) > MOST:
            return None
        until = max(ended.values(), default=start)
        return cls(until.isoformat(), _fingerprint(ended))

    def to_json(self) -> dict[str, str]:
        """What the state machine hands on to WriteReport."""
        return asdict(self)


def any_redriven(given: dict[str, Any] | None, failed: Iterable[tuple[str, datetime]]) -> bool:
    """Whether one of those that had failed may have been redriven since.

    `given` is what `to_json` made when the report was begun. What failed later is no matter: the
    report names it, or the next one does.
    """
    if given is None:
        return True
    before = FailedSoFar(**given)
    until = datetime.fromisoformat(before.until)
    now = {arn for arn, ended in islice(failed, MOST) if ended <= until}
    return _fingerprint(now) != before.fingerprint


def _fingerprint(arns: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(arns)).encode()).hexdigest()
