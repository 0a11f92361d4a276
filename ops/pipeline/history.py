"""What happened in each state of an execution, read from its history.

An event names its state only where the state is entered or left. In between, `previousEventId`
leads back to where the state was entered; after a redrive it leads to the redrive, and the state
that goes on is one that did not end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Status = Literal["running", "succeeded", "caught", "failed", "timed_out", "aborted"]

ENDINGS: Final[dict[str, Status]] = {
    "ExecutionSucceeded": "succeeded",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "timed_out",
    "ExecutionAborted": "aborted",
}

CONTAINERS: Final = ("Map", "Parallel")
"""States that hold others; the names of their own events begin so."""


@dataclass
class Attempt:
    """One try of a task. `redrive` is how many redrives there had been."""

    started: datetime
    redrive: int
    ended: datetime | None = None
    error: str | None = None
    cause: str | None = None


@dataclass
class StateRun:
    """One visit of a state. Input and output are JSON texts, where the history has them."""

    id: int
    name: str
    type: str
    entered: datetime
    input: str | None = None
    iteration: int | None = None
    """Which iteration of the innermost Map it belongs to."""
    parent: StateRun | None = field(default=None, repr=False)
    """The visit of the Map or Parallel that it is a part of."""
    status: Status = "running"
    exited: datetime | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    map_run: str | None = None
    seconds: float = 0.0
    """How long it took, without the time between a failure and its redrive; so far if it runs."""

    @property
    def retries(self) -> int:
        """Tries beyond the first, each redrive's first one aside."""
        return len(self.attempts) - len({attempt.redrive for attempt in self.attempts})


@dataclass
class Happened:
    """All that a history says."""

    runs: list[StateRun]
    redrives: list[datetime]
    status: Status
    taken: set[tuple[str, str]]
    """Which transitions were made, as (source, target)."""

    def of(self, name: str) -> list[StateRun]:
        """The visits of one state, in order."""
        return [run for run in self.runs if run.name == name]


def read_history(events: Iterable[Mapping[str, Any]], now: datetime) -> Happened:
    """What happened, by the events of GetExecutionHistory in order; `now` for what still runs."""
    reader = _Reader()
    for event in events:
        reader.read(event)
    return reader.result(now)


class _Reader:
    """Goes through the events once."""

    def __init__(self) -> None:
        self.runs: list[StateRun] = []
        self.redrives: list[datetime] = []
        self.pauses: list[tuple[datetime, datetime]] = []
        self.taken: set[tuple[str, str]] = set()
        self.status: Status = "running"
        self.stopped: datetime | None = None
        self._owner: dict[int, StateRun | None] = {0: None}
        self._iteration: dict[int, int | None] = {0: None}
        self._left: dict[int, str] = {}

    def read(self, event: Mapping[str, Any]) -> None:
        """Take one event."""
        kind, details = str(event["type"]), _details(event)
        previous = int(event["previousEventId"])
        owner = self._owner.get(previous)
        self._iteration[event["id"]] = details.get("index", self._iteration.get(previous))
        if kind.endswith("StateEntered"):
            owner = self._enter(event, kind, details, owner)
        elif kind.endswith("StateExited"):
            owner = self._exit(event, details, owner)
        elif kind in ENDINGS:
            self._end(event, kind, details)
        elif kind == "ExecutionRedriven":
            self._redriven(event)
            owner = None
        else:
            owner = self._within(event, kind, details, owner)
        self._owner[event["id"]] = owner

    def _enter(
        self,
        event: Mapping[str, Any],
        kind: str,
        details: Mapping[str, Any],
        owner: StateRun | None,
    ) -> StateRun:
        previous = int(event["previousEventId"])
        run = StateRun(
            id=event["id"],
            name=details["name"],
            type=kind.removesuffix("StateEntered"),
            entered=event["timestamp"],
            input=details.get("input"),
            iteration=self._iteration.get(previous),
            parent=owner,
        )
        self.runs.append(run)
        if previous in self._left:
            self.taken.add((self._left[previous], run.name))
        return run

    def _exit(
        self, event: Mapping[str, Any], details: Mapping[str, Any], owner: StateRun | None
    ) -> StateRun | None:
        run = owner if owner is not None and owner.name == details["name"] else None
        run = run or self._open(details["name"])
        if run is None:
            return None
        run.exited, run.output = event["timestamp"], details.get("output")
        run.status = "caught" if run.error is not None else "succeeded"
        self._left[event["id"]] = run.name
        return run.parent

    def _within(
        self,
        event: Mapping[str, Any],
        kind: str,
        details: Mapping[str, Any],
        owner: StateRun | None,
    ) -> StateRun | None:
        """An event of a state's own work."""
        run = owner or self._resumed(details)
        if kind.startswith(CONTAINERS):
            run = _container(run)
        if run is None:
            return None
        if kind.endswith("Scheduled"):
            run.error = run.cause = None
            run.attempts.append(Attempt(event["timestamp"], len(self.redrives)))
        elif kind.endswith(("Failed", "TimedOut", "Aborted")):
            self._failed(run, event, kind, details)
        elif kind.endswith("Succeeded") and run.attempts:
            run.attempts[-1].ended = event["timestamp"]
        run.map_run = details.get("mapRunArn", run.map_run)
        return run

    def _failed(
        self, run: StateRun, event: Mapping[str, Any], kind: str, details: Mapping[str, Any]
    ) -> None:
        default = "States.Timeout" if kind.endswith("TimedOut") else kind
        run.error = details.get("error") or run.error or default
        run.cause = details.get("cause") or run.cause
        if run.attempts and run.attempts[-1].ended is None:
            last = run.attempts[-1]
            last.ended, last.error, last.cause = event["timestamp"], run.error, run.cause

    def _resumed(self, details: Mapping[str, Any]) -> StateRun | None:
        """The state that goes on after a redrive: one that is open and did not go on yet."""
        waiting = [
            run
            for run in self.runs
            if run.exited is None
            and run.type not in CONTAINERS
            and all(attempt.redrive < len(self.redrives) for attempt in run.attempts)
        ]
        if "mapRunArn" in details:
            waiting = [run for run in self.runs if run.map_run == details["mapRunArn"]]
        return waiting[0] if waiting else None

    def _open(self, name: str) -> StateRun | None:
        found = (run for run in self.runs if run.exited is None and run.name == name)
        return next(found, None)

    def _end(self, event: Mapping[str, Any], kind: str, details: Mapping[str, Any]) -> None:
        self.status, self.stopped = ENDINGS[kind], event["timestamp"]
        for run in self.runs:
            if run.exited is None:
                run.status = self._ended(run)
                if run.type == "Fail":
                    run.error, run.cause = details.get("error"), details.get("cause")

    def _ended(self, run: StateRun) -> Status:
        """How a state ended that was not left, since its execution ended."""
        if run.error is not None or run.type == "Fail":
            return "failed"
        return "aborted" if self.status == "failed" else self.status

    def _redriven(self, event: Mapping[str, Any]) -> None:
        self.redrives.append(event["timestamp"])
        if self.stopped is not None:
            self.pauses.append((self.stopped, event["timestamp"]))
        self.status, self.stopped = "running", None
        for run in self.runs:
            if run.exited is None:
                run.status = "running"

    def result(self, now: datetime) -> Happened:
        """Everything, with each state's time worked out."""
        for run in self.runs:
            until = run.exited or self.stopped or now
            spans = ((max(begin, run.entered), min(end, until)) for begin, end in self.pauses)
            paused = sum(max((end - begin).total_seconds(), 0.0) for begin, end in spans)
            run.seconds = max((until - run.entered).total_seconds() - paused, 0.0)
        return Happened(self.runs, self.redrives, self.status, self.taken)


def _container(run: StateRun | None) -> StateRun | None:
    """The Map or Parallel that an event of one is about: its own, or that around the state."""
    while run is not None and run.type not in CONTAINERS:
        run = run.parent
    return run


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one field that says what is particular to the event's type."""
    found = (value for name, value in event.items() if name.endswith("EventDetails"))
    return next(found, {})
