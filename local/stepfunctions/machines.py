"""State machines: create, change, describe, list, delete, validate, tag."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.asl import DefinitionError, Machine
from local.stepfunctions.errors import ApiError
from local.stepfunctions.pages import page
from local.stepfunctions.store import Revision, StateMachine

if TYPE_CHECKING:
    from local.stepfunctions.store import Parameters, Store, World

NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
"""API reference, CreateStateMachine and StartExecution, "name"."""


def check_name(name: str) -> None:
    """Refuse a name with white space, brackets, wildcards, special or control characters.

    Raises:
        ApiError: InvalidName.
    """
    if not NAME.fullmatch(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")


def parsed(definition: str) -> Machine:
    """The machine of a definition.

    Raises:
        ApiError: InvalidDefinition, with the place of the first problem.
    """
    try:
        return Machine.parse(definition)
    except DefinitionError as error:
        text = f"Invalid State Machine Definition: '{error}'"
        raise ApiError("InvalidDefinition", text) from error


class Machines:
    """The operations on state machines."""

    def __init__(self, store: Store, world: World, prefix: str) -> None:
        self.store = store
        self.world = world
        self.prefix = prefix

    def create(self, parameters: Parameters) -> dict[str, Any]:
        """CreateStateMachine: idempotent for the same name, definition and role."""
        name = parameters["name"]
        check_name(name)
        if parameters.get("publish"):
            raise ApiError("ValidationException", "versions are not run by this endpoint")
        arn = f"{self.prefix}:stateMachine:{name}"
        revision = self._revision(parameters, 1)
        known = self.store.machines.get(arn)
        if known is None:
            kind = parameters.get("type", "STANDARD")
            tags = {tag["key"]: tag["value"] for tag in parameters.get("tags", ())}
            known = StateMachine(arn, name, kind, revision.updated, revision, tags)
            self.store.machines[arn] = known
        elif (known.revision.definition, known.revision.role_arn) != (
            revision.definition,
            revision.role_arn,
        ):
            message = f"State Machine Already Exists: '{arn}'"
            raise ApiError("StateMachineAlreadyExists", message)
        return {"stateMachineArn": arn, "creationDate": known.created}

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """UpdateStateMachine: for executions that start from now on."""
        machine = self.store.machine(parameters["stateMachineArn"])
        known = {
            "definition": machine.revision.definition,
            "roleArn": machine.revision.role_arn,
            "loggingConfiguration": machine.revision.logging,
            "tracingConfiguration": machine.revision.tracing,
        }
        machine.revision = self._revision({**known, **parameters}, machine.revision.number + 1)
        return {"updateDate": machine.revision.updated, "revisionId": str(machine.revision.number)}

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeStateMachine."""
        machine = self.store.machine(parameters["stateMachineArn"])
        return described(machine, machine.revision) | {
            "status": "ACTIVE",
            "type": machine.kind,
            "creationDate": machine.created,
        }

    def describe_for_execution(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeStateMachineForExecution: the definition that it runs, not the newest."""
        record = self.store.execution(parameters["executionArn"])
        arn = record.identity.state_machine_arn
        owner = arn.split(":stateMachine:")[0] + f":stateMachine:{arn.split(':')[6].split('/')[0]}"
        machine = self.store.machine(owner)
        answer = described(machine, record.revision)
        answer["updateDate"] = record.revision.updated
        if record.identity.map_run_arn:
            answer["mapRunArn"] = record.identity.map_run_arn
            answer["label"] = arn.partition("/")[2]
        return answer

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListStateMachines, by name."""
        machines = sorted(self.store.machines.values(), key=lambda machine: machine.name)
        return page("stateMachines", machines, _summary, parameters)

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteStateMachine: a machine that is not there is no error."""
        self.store.machines.pop(parameters["stateMachineArn"], None)
        return {}

    def validate(self, parameters: Parameters) -> dict[str, Any]:
        """ValidateStateMachineDefinition: every problem, with its place."""
        try:
            Machine.parse(parameters["definition"])
        except DefinitionError as error:
            found = [
                {
                    "severity": "ERROR",
                    "code": problem.code,
                    "message": problem.message,
                    "location": problem.location,
                }
                for problem in error.problems
            ]
            return {"result": "FAIL", "diagnostics": found, "truncated": False}
        return {"result": "OK", "diagnostics": [], "truncated": False}

    def tag(self, parameters: Parameters) -> dict[str, Any]:
        """TagResource."""
        machine = self.store.machine(parameters["resourceArn"])
        machine.tags |= {tag["key"]: tag["value"] for tag in parameters["tags"]}
        return {}

    def untag(self, parameters: Parameters) -> dict[str, Any]:
        """UntagResource."""
        machine = self.store.machine(parameters["resourceArn"])
        for key in parameters["tagKeys"]:
            machine.tags.pop(key, None)
        return {}

    def tags(self, parameters: Parameters) -> dict[str, Any]:
        """ListTagsForResource."""
        machine = self.store.machine(parameters["resourceArn"])
        return {"tags": [{"key": key, "value": value} for key, value in machine.tags.items()]}

    def _revision(self, parameters: Parameters, number: int) -> Revision:
        definition = parameters["definition"]
        return Revision(
            number=number,
            definition=definition,
            machine=parsed(definition),
            role_arn=parameters["roleArn"],
            logging=parameters.get("loggingConfiguration") or {"level": "OFF"},
            tracing=parameters.get("tracingConfiguration") or {"enabled": False},
            updated=self.world.now(),
        )


def described(machine: StateMachine, revision: Revision) -> dict[str, Any]:
    """What both ways to describe a machine share."""
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "definition": revision.definition,
        "roleArn": revision.role_arn,
        "loggingConfiguration": revision.logging,
        "tracingConfiguration": revision.tracing,
        "revisionId": str(revision.number),
    }


def _summary(machine: StateMachine) -> dict[str, Any]:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": machine.kind,
        "creationDate": machine.created,
    }
