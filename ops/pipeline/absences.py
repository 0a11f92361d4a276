"""The times of a day in which the local runtime was off, so that nothing could arrive.

Only the local endpoint knows such times; a report on AWS covers none.
"""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ops.pipeline.times import start_of

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment

LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
SECONDS: Final = 5
UNKNOWN: Final = (OSError, ValueError, KeyError, TypeError)
"""Another emulator, or an older Tally, answers with something else or not at all."""


@dataclass(frozen=True)
class Absence:
    """From the last moment at which the runtime is known to have run to its next start, in UTC."""

    since: datetime
    until: datetime

    def shown(self) -> dict[str, str]:
        """As JSON."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}

    def __str__(self) -> str:
        """As a reader is told it."""
        times = f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} UTC"
        return f"The local runtime was off from {times}: nothing could arrive."


def of_day(deployment: Deployment, day: str) -> list[Absence]:
    """The absences of a UTC day, oldest first, as far as they lie in it."""
    begin = start_of(day)
    end = begin + timedelta(days=1)
    clipped = (Absence(max(each.since, begin), min(each.until, end)) for each in _known(deployment))
    return [each for each in clipped if each.since < each.until]


def _known(deployment: Deployment) -> list[Absence]:
    endpoint = deployment.clients.s3.meta.endpoint_url
    if urlsplit(endpoint).hostname not in LOOPBACK:
        return []
    try:
        with urllib.request.urlopen(f"{endpoint}/_tally/absences", timeout=SECONDS) as answer:  # noqa: S310 - loopback
            found: list[dict[str, Any]] = json.load(answer)["absences"]
            return [Absence(_moment(each["since"]), _moment(each["until"])) for each in found]
    except UNKNOWN:
        return []


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
