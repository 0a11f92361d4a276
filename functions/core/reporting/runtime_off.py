"""The times of a day in which the local runtime was off; on AWS there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.reporting.plan_report import Day


@dataclass(frozen=True)
class Off:
    """From a moment until another, in UTC."""

    since: datetime
    until: datetime

    def to_json(self) -> dict[str, str]:
        """As reports have it."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}


def off_in(day: Day, intervals: Iterable[str]) -> list[Off]:
    """What of these ISO 8601 intervals lies in a day, oldest first."""
    found = (Off(*map(datetime.fromisoformat, each.split("/"))) for each in intervals)
    clipped = (Off(max(each.since, day.start), min(each.until, day.end)) for each in found)
    return sorted(
        (each for each in clipped if each.since < each.until), key=lambda each: each.since
    )


def told(document: Mapping[str, Any]) -> list[str]:
    """What a reader of a report is told of it, a line each."""
    return [
        f"The local runtime was off from {_moment(each['since'])} to {_moment(each['until'])} UTC:"
        " nothing could arrive."
        for each in document.get("runtime_off") or ()
    ]


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
