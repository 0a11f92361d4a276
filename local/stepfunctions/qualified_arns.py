"""Which definition an ARN means: a state machine's newest, a version's, or one that an alias picks.

A version is qualified by its number and an alias by its name: `stateMachine:NAME:1`,
`stateMachine:NAME:live` (Step Functions guide, "Associating executions with a version or alias").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.stepfunctions.arns import check_arn
from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from random import Random

    from local.stepfunctions.store import Alias, Revision, StateMachine, Store, Version

UNQUALIFIED_PARTS = 7


@dataclass(frozen=True)
class Target:
    """What an ARN means: a machine, the definition to run, and by what it was named."""

    machine: StateMachine
    revision: Revision
    version_arn: str | None = None
    alias_arn: str | None = None


def split(arn: str) -> tuple[str, str | None]:
    """A state machine's ARN without its qualifier, and the qualifier."""
    parts = arn.split(":")
    if len(parts) != UNQUALIFIED_PARTS + 1:
        return arn, None
    return ":".join(parts[:UNQUALIFIED_PARTS]), parts[-1]


def target(store: Store, arn: str, random: Random) -> Target:
    """What an execution of that ARN runs; an alias picks one of its versions by their weights.

    Raises:
        ApiError: InvalidArn, StateMachineDoesNotExist, StateMachineDeleting.
    """
    unqualified, qualifier = split(arn)
    machine = store.active_machine(unqualified)
    if qualifier is None:
        return Target(machine, machine.revision)
    alias = machine.aliases.get(qualifier)
    if alias is None:
        return Target(machine, _version(machine, qualifier, arn).revision, arn)
    picked = _picked(alias, random)
    number = split(picked)[1] or ""
    return Target(machine, _version(machine, number, picked).revision, picked, arn)


def version(store: Store, arn: str) -> Version:
    """The version of that ARN.

    Raises:
        ApiError: InvalidArn, StateMachineDoesNotExist.
    """
    unqualified, qualifier = split(arn)
    return _version(store.machine(unqualified), qualifier or "", arn)


def alias(store: Store, arn: str) -> tuple[StateMachine, Alias]:
    """The alias of that ARN, and its machine.

    Raises:
        ApiError: InvalidArn, ResourceNotFound.
    """
    check_arn(arn, "stateMachine")
    unqualified, name = split(arn)
    machine = store.machines.get(unqualified)
    found = machine.aliases.get(name or "") if machine else None
    if machine is None or found is None:
        text = "Request references a resource that does not exist."
        raise ApiError("ResourceNotFound", text)
    return machine, found


def _version(machine: StateMachine, number: str, arn: str) -> Version:
    found = machine.versions.get(int(number)) if number.isdecimal() else None
    if found is None:
        raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    return found


def _picked(routed: Alias, random: Random) -> str:
    (picked,) = random.choices(list(routed.routing), weights=list(routed.routing.values()))
    return picked
