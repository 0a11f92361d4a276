"""What the service keeps: state machines, executions, Map Runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from local.asl.model.ports import World as AslWorld
from local.stepfunctions.arns import check_arn
from local.stepfunctions.errors import ApiError
from local.stepfunctions.execution_index import Listing

if TYPE_CHECKING:
    from local.asl import Execution, Machine, MapRun, Outcome

Parameters = dict[str, Any]


class World(AslWorld, Protocol):
    """The interpreter's world, and who hears of an execution's changes of status."""

    def status_changed(self, detail: dict[str, Any]) -> None:
        """A Standard execution began or ended: the `detail` of AWS's status change event.

        It is called on the loop that all executions run on, so it must not wait for anything.
        """


@dataclass(frozen=True)
class Revision:
    """One definition that a state machine had, with its settings; executions keep theirs.

    `id` is None for the first one, as on AWS; `updated` is in epoch seconds.
    """

    id: str | None
    definition: str
    machine: Machine
    role_arn: str
    logging: dict[str, Any]
    tracing: dict[str, Any]
    encryption: dict[str, Any]
    updated: float

    @property
    def settings(self) -> tuple[Any, ...]:
        """What tells a revision from another."""
        return (self.definition, self.role_arn, self.logging, self.tracing, self.encryption)


@dataclass(frozen=True)
class Version:
    """A revision that was published, under a number that is never used again."""

    arn: str
    number: int
    revision: Revision
    description: str | None
    created: float


@dataclass
class Alias:
    """A name for one or two versions; `routing` has their ARNs with their shares of 100."""

    arn: str
    name: str
    description: str | None
    routing: dict[str, int]
    created: float
    updated: float


@dataclass
class StateMachine:
    """A state machine: what does not change, its newest revision, its tags, its executions.

    `published` is the number of the last version, which may be deleted since.
    """

    arn: str
    name: str
    kind: str
    created: float
    revision: Revision
    tags: dict[str, str]
    executions: Listing[Record]
    status: str = "ACTIVE"
    versions: dict[int, Version] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    published: int = 0


@dataclass(slots=True, eq=False)
class Record:
    """One execution as the API shows it; times in epoch seconds.

    Until it succeeds the interpreter's `execution` is kept, because it can be redriven; after that
    only the `packed` history is, which holds its input and output too. `events` counts those of
    its history when it ended, and `logged` those that went to CloudWatch Logs. `row` is its number
    in the database of a world that is kept, where neither of the two is in memory once it ended.
    """

    arn: str
    start: float
    revision: Revision
    listing: Listing[Record]
    trace_header: str | None = None
    status: str = "RUNNING"
    place: int = -1
    stop: float | None = None
    redrive_count: int = 0
    redrive_date: float | None = None
    redrive_tokens: dict[str, float] | None = None
    execution: Execution | None = None
    outcome: Outcome | None = None
    packed: bytes = b""
    logged: int = 0
    events: int = 0
    row: int = 0
    version_arn: str | None = None
    alias_arn: str | None = None

    @property
    def name(self) -> str:
        """The execution's name."""
        return self.arn.rpartition(":")[2]


class Keeper(Protocol):
    """What the store has to say to whoever keeps it."""

    def listing(self, listing: Listing[Record]) -> None:
        """Have a listing's histories kept."""

    def forget_machine(self, arn: str) -> None:
        """A state machine is gone."""

    def forget(self, record: Record) -> None:
        """An execution is gone."""


@dataclass
class Store:
    """Everything by ARN; Map Runs by their execution too, and children by their Map Run."""

    keeper: Keeper

    machines: dict[str, StateMachine] = field(default_factory=dict)
    executions: dict[str, Record] = field(default_factory=dict)
    map_runs: dict[str, MapRun] = field(default_factory=dict)
    map_runs_of: dict[str, list[MapRun]] = field(default_factory=dict)
    children: dict[str, Listing[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Keep a new execution."""
        self.executions[record.arn] = record
        record.listing.add(record)

    def remove(self, record: Record) -> None:
        """Let go of an execution that never began: the last of its listing."""
        self._forget(record)
        record.listing.remove(record)

    def add_map_run(self, run: MapRun) -> None:
        """Keep a Map Run, with room for its Standard children."""
        self.map_runs[run.arn] = run
        self.map_runs_of.setdefault(run.execution_arn, []).append(run)
        machine_arn = run.arn.rpartition(":")[0].replace(":mapRun:", ":stateMachine:", 1)
        self.children[run.arn] = Listing(machine_arn, run.arn)
        self.keeper.listing(self.children[run.arn])

    def machine(self, arn: str) -> StateMachine:
        """The machine of that ARN.

        Raises:
            ApiError: InvalidArn, StateMachineDoesNotExist.
        """
        check_arn(arn, "stateMachine")
        if arn not in self.machines:
            message = f"State Machine Does Not Exist: '{arn}'"
            raise ApiError("StateMachineDoesNotExist", message)
        return self.machines[arn]

    def active_machine(self, arn: str) -> StateMachine:
        """The machine of that ARN, unless it is being deleted.

        Raises:
            ApiError: InvalidArn, StateMachineDoesNotExist, StateMachineDeleting.
        """
        machine = self.machine(arn)
        if machine.status != "ACTIVE":
            raise ApiError("StateMachineDeleting", f"State Machine is being deleted: '{arn}'")
        return machine

    def execution(self, arn: str) -> Record:
        """The Standard execution of that ARN.

        Raises:
            ApiError: InvalidArn, ExecutionDoesNotExist.
        """
        check_arn(arn, "execution")
        if arn not in self.executions:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return self.executions[arn]

    def map_run(self, arn: str) -> MapRun:
        """The Map Run of that ARN.

        Raises:
            ApiError: InvalidArn, ResourceNotFound.
        """
        check_arn(arn, "mapRun")
        if arn not in self.map_runs:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return self.map_runs[arn]

    def forget_if_deleted(self, machine_arn: str) -> None:
        """Let go of a machine that is being deleted, once none of its executions runs."""
        machine = self.machines.get(machine_arn)
        if machine is None or machine.status == "ACTIVE" or machine.executions.count("RUNNING"):
            return
        del self.machines[machine_arn]
        self.keeper.forget_machine(machine_arn)
        for record in machine.executions.records:
            self._forget(record)

    def _forget(self, record: Record) -> None:
        self.keeper.forget(record)
        del self.executions[record.arn]
        for run in self.map_runs_of.pop(record.arn, ()):
            del self.map_runs[run.arn]
            for child in self.children.pop(run.arn).records:
                self._forget(child)
