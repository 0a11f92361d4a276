"""What all branches of one execution share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from local.asl.runtime.history import History, NoHistory
from local.asl.values import timestamp

if TYPE_CHECKING:
    from local.asl.ports import Json, Supervisor, World

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


class Run:
    """The surroundings of one execution: its identity, the world, its history and its context."""

    def __init__(
        self, identity: Identity, given: Json, world: World, supervisor: Supervisor
    ) -> None:
        self.identity = identity
        self.world = world
        self.supervisor = supervisor
        self.history = NoHistory() if identity.kind == "EXPRESS" else History()
        self.redrive_count = 0
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

    def redriven(self) -> None:
        """Count a redrive, in the context object too."""
        self.redrive_count += 1
        redriven = {
            "RedriveCount": self.redrive_count,
            "RedriveTime": timestamp(self.world.now()),
        }
        execution = {**self.context["Execution"], **redriven}
        self.context = {**self.context, "Execution": execution}
