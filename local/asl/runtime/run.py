"""What all branches of one execution share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from local.asl.model.values import timestamp
from local.asl.runtime.history import History, NoHistory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from local.asl.definition.machine import Machine
    from local.asl.model.ports import ChildExecution, Json, Supervisor, World
    from local.asl.runtime.exit import Exit

Kind = Literal["STANDARD", "EXPRESS"]


@dataclass(frozen=True)
class Identity:
    """Who an execution is. `start_time` in epoch seconds; `map_run_arn` for a Map's child."""

    arn: str
    name: str
    state_machine_arn: str
    state_machine_name: str
    role_arn: str
    start_time: float
    kind: Kind = "STANDARD"
    map_run_arn: str | None = None


class Body(Protocol):
    """The work of one kind of state; `visit` is a `Visit`, which lies above this module."""

    def __call__(self, visit: Any, /) -> Awaitable[Exit]:
        """Do it once; how the state is left."""


class Spawn(Protocol):
    """Makes a child execution of a Map Run."""

    def __call__(
        self, run: Run, machine: Machine, identity: Identity, input_json: str, /
    ) -> ChildExecution:
        """The child, not running yet."""


def keep_nothing() -> None:
    """An execution that ends with the process."""


class Run:
    """The surroundings of one execution: its identity, the world, its history and its context.

    `bodies` does the work of each kind of state; `spawn` makes the children of a Map Run. `keep` is
    called whenever the execution begins to wait for the world: a call, a moment, a child.
    """

    def __init__(
        self,
        identity: Identity,
        given: Json,
        world: World,
        supervisor: Supervisor[Any],
        *,
        bodies: Mapping[str, Body],
        spawn: Spawn,
    ) -> None:
        self.identity = identity
        self.world = world
        self.supervisor = supervisor
        self.bodies = bodies
        self.spawn = spawn
        self.history = NoHistory() if identity.kind == "EXPRESS" else History()
        self.redrive_count = 0
        self.keep: Callable[[], None] = keep_nothing
        self.context: dict[str, Any] = {
            "Execution": {
                "Id": identity.arn,
                "Input": given,
                "Name": identity.name,
                "RoleArn": identity.role_arn,
                "StartTime": timestamp(identity.start_time),
                "RedriveCount": 0,
            },
            "StateMachine": {
                "Id": identity.state_machine_arn,
                "Name": identity.state_machine_name,
            },
        }

    def __getstate__(self) -> dict[str, Any]:
        """Without who keeps it."""
        return {**self.__dict__, "keep": keep_nothing}

    def redriven(self) -> None:
        """Count a redrive, in the context object too."""
        self.redrive_count += 1
        redriven = {
            "RedriveCount": self.redrive_count,
            "RedriveTime": timestamp(self.world.now()),
        }
        execution = {**self.context["Execution"], **redriven}
        self.context = {**self.context, "Execution": execution}
