"""Versions of state machines: numbered snapshots of a definition with its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.arns import check_arn
from local.stepfunctions.errors import ApiError
from local.stepfunctions.pagination import page, start_of
from local.stepfunctions.qualified_arns import split
from local.stepfunctions.store import Version

if TYPE_CHECKING:
    from local.stepfunctions.keeping import InMemory
    from local.stepfunctions.store import Parameters, StateMachine, Store, World

MOST = 1000
"""Versions of one state machine (Step Functions guide, "Quotas related to versions")."""
INITIAL = "INITIAL"
"""How a request names the first revision, which has no id."""


class Versions:
    """The operations on versions."""

    def __init__(self, store: Store, world: World, keeper: InMemory) -> None:
        self.store = store
        self.world = world
        self.keeper = keeper

    def publish(self, parameters: Parameters) -> dict[str, Any]:
        """PublishStateMachineVersion: a revision that has a version keeps that one."""
        machine = self.store.active_machine(parameters["stateMachineArn"])
        wanted, current = parameters.get("revisionId"), machine.revision.id or INITIAL
        if wanted is not None and wanted != current:
            text = (
                f"Failed to publish the State Machine version for revision {wanted}."
                f" The current State Machine revision is {current}."
            )
            raise ApiError("ConflictException", text)
        made = published(machine, parameters.get("description"), self.world.now())
        self.keeper.machine(machine)
        return {"stateMachineVersionArn": made.arn, "creationDate": made.created}

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListStateMachineVersions: the newest first."""
        arn = parameters["stateMachineArn"]
        check_arn(arn, "stateMachine")
        machine, before = self.store.machines.get(arn), start_of(parameters)
        newest = reversed(machine.versions.values()) if machine else ()
        left = (each for each in newest if before is None or each.number < before)
        return page(parameters, "stateMachineVersions", left, _summary, lambda each: each.number)

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteStateMachineVersion: what runs goes on; one that is not there is no error."""
        arn = parameters["stateMachineVersionArn"]
        check_arn(arn, "stateMachine")
        unqualified, number = split(arn)
        machine = self.store.machines.get(unqualified)
        if number is None or not number.isdecimal():
            raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
        if machine is not None:
            _refuse_routed(machine, arn)
            machine.versions.pop(int(number), None)
            self.keeper.machine(machine)
        return {}


def published(machine: StateMachine, description: str | None, now: float) -> Version:
    """The version of a machine's newest revision, made where there is none yet.

    Raises:
        ApiError: ServiceQuotaExceededException.
    """
    known = next((v for v in machine.versions.values() if v.revision is machine.revision), None)
    if known is not None:
        return known
    if len(machine.versions) >= MOST:
        text = f"A state machine may have {MOST} versions: '{machine.arn}'"
        raise ApiError("ServiceQuotaExceededException", text)
    machine.published += 1
    number = machine.published
    made = Version(f"{machine.arn}:{number}", number, machine.revision, description, round(now, 3))
    machine.versions[number] = made
    return made


def _refuse_routed(machine: StateMachine, arn: str) -> None:
    names = [each.name for each in machine.aliases.values() if arn in each.routing]
    if names:
        text = (
            "Version to be deleted must not be referenced by an alias."
            f" Current list of aliases referencing this version: [{', '.join(names)}]"
        )
        raise ApiError("ConflictException", text)


def _summary(each: Version) -> dict[str, Any]:
    return {"stateMachineVersionArn": each.arn, "creationDate": each.created}
