"""What the service keeps: machines, executions with their indexes, Map Runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from local.asl.ports import World as AslWorld
from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl import Execution, History, Identity, Machine, MapRun, Outcome

Parameters = dict[str, Any]


class World(AslWorld, Protocol):
    """The interpreter's world, and who hears of an execution's changes of status."""

    def status_changed(self, detail: dict[str, Any]) -> None:
        """An execution began or ended: the `detail` of AWS's status change event."""


@dataclass(frozen=True)
class Revision:
    """One definition that a state machine had; executions keep theirs."""

    number: int
    definition: str
    machine: Machine
    role_arn: str
    logging: dict[str, Any]
    tracing: dict[str, Any]
    updated: float


@dataclass
class StateMachine:
    """A state machine: what does not change, its revisions' newest, its tags."""

    arn: str
    name: str
    kind: str
    created: float
    revision: Revision
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Record:
    """One execution as the API shows it. The interpreter's part goes once it succeeded."""

    sequence: int
    identity: Identity
    revision: Revision
    input: str
    trace_header: str | None
    execution: Execution | None
    history: History
    status: str = "RUNNING"
    outcome: Outcome | None = None
    stop: float | None = None
    redrive_count: int = 0
    redrive_date: float | None = None
    redrive_tokens: dict[str, float] = field(default_factory=dict)


class Store:
    """Everything by ARN; executions also by machine (or Map Run) and status."""

    def __init__(self) -> None:
        self.machines: dict[str, StateMachine] = {}
        self.executions: dict[str, Record] = {}
        self.map_runs: dict[str, MapRun] = {}
        self._by_parent: defaultdict[tuple[str, str], dict[int, Record]] = defaultdict(dict)
        self._sequence = 0

    def next_sequence(self) -> int:
        """A number greater than all before."""
        self._sequence += 1
        return self._sequence

    def add(self, record: Record) -> None:
        """Keep a new execution."""
        self.executions[record.identity.arn] = record
        self._index(record)[record.sequence] = record

    def move(self, record: Record, status: str) -> None:
        """Give an execution another status."""
        del self._index(record)[record.sequence]
        record.status = status
        self._index(record)[record.sequence] = record

    def executions_of(self, parent: str, statuses: tuple[str, ...]) -> Iterator[Record]:
        """A machine's or Map Run's executions with such statuses, newest first."""
        found = [self._by_parent[parent, status] for status in statuses]
        numbers = sorted((number for index in found for number in index), reverse=True)
        merged = {number: record for index in found for number, record in index.items()}
        return (merged[number] for number in numbers)

    def machine(self, arn: str) -> StateMachine:
        """The machine of that ARN.

        Raises:
            ApiError: InvalidArn, StateMachineDoesNotExist.
        """
        if ":stateMachine:" not in arn:
            raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
        if arn not in self.machines:
            message = f"State Machine Does Not Exist: '{arn}'"
            raise ApiError("StateMachineDoesNotExist", message)
        return self.machines[arn]

    def execution(self, arn: str) -> Record:
        """The execution of that ARN.

        Raises:
            ApiError: InvalidArn, ExecutionDoesNotExist.
        """
        if ":execution:" not in arn:
            raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
        if arn not in self.executions:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return self.executions[arn]

    def map_run(self, arn: str) -> MapRun:
        """The Map Run of that ARN.

        Raises:
            ApiError: InvalidArn, ResourceNotFound.
        """
        if ":mapRun:" not in arn:
            raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
        if arn not in self.map_runs:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return self.map_runs[arn]

    def _index(self, record: Record) -> dict[int, Record]:
        parent = record.identity.map_run_arn or record.identity.state_machine_arn
        return self._by_parent[parent, record.status]
