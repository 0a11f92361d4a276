"""The execution history: the events of GetExecutionHistory, compact once the execution ended."""

from __future__ import annotations

import json
import zlib
from typing import Any

from local.asl.model.errors import RUNTIME, StateError

LIMIT = 25_000
"""Events of one execution (Step Functions guide, "Quotas")."""

ENDINGS = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted"}) | {
    "ExecutionTimedOut"
}

_STATES = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Map", "Parallel")
_SHARED = {
    **{f"{name}StateEntered": "stateEntered" for name in _STATES},
    **{f"{name}StateExited": "stateExited" for name in _STATES},
}

Event = tuple[float, str, int, dict[str, Any] | None]
"""Time in epoch seconds, type, previous event's id, details as the API names their fields."""


class History:
    """The events of one execution, in order; an event's id is its place, counted from 1."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._packed = b""
        self._handed_on = 0
        self.count = 0

    def __getstate__(self) -> dict[str, int]:
        """How many events there are; they themselves are handed on by `news`."""
        return {"count": self.count, "_handed_on": self.count}

    def __setstate__(self, state: dict[str, int]) -> None:
        """Begin without the events, which `restore` brings."""
        self._events, self._packed = [], b""
        self.__dict__.update(state)

    def news(self) -> list[Event]:
        """The events since the last call of this."""
        new = self.count - self._handed_on
        self._handed_on = self.count
        return self._events[-new:] if new else []

    def restore(self, events: list[Event]) -> None:
        """Take back the events that were handed on, as JSON has them."""
        self._events = events[: self.count]

    def add(
        self, time: float, kind: str, previous: int, details: dict[str, Any] | None = None
    ) -> int:
        """Record an event; answers its id.

        Raises:
            StateError: States.Runtime, where the execution has all the events it may have. The
                last one is kept for the event that says how it ended.
        """
        if self.count >= LIMIT - 1 and kind not in ENDINGS:
            raise StateError(
                RUNTIME,
                f"The execution reached the maximum number of history events ({LIMIT}).",
            )
        self._events.append((time, kind, previous, details))
        self.count += 1
        return self.count

    def pack(self) -> None:
        """Keep the events as compressed JSON from now on; a later event unpacks them."""
        if self._events:
            everything = [*self._unpacked(), *self._events]
            self._packed = zlib.compress(json.dumps(everything).encode(), 1)
            self._events = []

    def events(self) -> list[dict[str, Any]]:
        """All events as GetExecutionHistory shows them; `timestamp` in epoch seconds."""
        everything = [*self._unpacked(), *self._events]
        return [_shown(number, event) for number, event in enumerate(everything, 1)]

    def _unpacked(self) -> list[Event]:
        return json.loads(zlib.decompress(self._packed)) if self._packed else []


class NoHistory(History):
    """What an Express child keeps: nothing; its events go to the log alone on AWS."""

    def add(
        self, time: float, kind: str, previous: int, details: dict[str, Any] | None = None
    ) -> int:
        """Count the event and forget it."""
        del time, kind, previous, details
        self.count += 1
        return self.count


def _shown(number: int, event: Event) -> dict[str, Any]:
    time, kind, previous, details = event
    shown: dict[str, Any] = {
        "timestamp": time,
        "type": kind,
        "id": number,
        "previousEventId": previous,
    }
    if details is not None:
        shown[_details_name(kind)] = details
    return shown


def _details_name(kind: str) -> str:
    name = _SHARED.get(kind) or kind[0].lower() + kind[1:]
    return f"{name}EventDetails"
