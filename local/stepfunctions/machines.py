"""State machines: create, change, describe, list, delete."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from local.stepfunctions.arns import check_arn, check_name
from local.stepfunctions.errors import ApiError
from local.stepfunctions.execution_index import Listing
from local.stepfunctions.pagination import page, start_of
from local.stepfunctions.qualified_arns import split, version
from local.stepfunctions.revision_settings import (
    check_logging,
    check_publishing,
    described,
    revision_of,
)
from local.stepfunctions.store import StateMachine
from local.stepfunctions.tags import tagged
from local.stepfunctions.versions import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stepfunctions.runner import Runner
    from local.stepfunctions.store import Parameters, Record, Revision, Store, World


class Machines:
    """The operations on state machines."""

    def __init__(
        self,
        store: Store,
        world: World,
        prefix: str,
        runner: Runner,
        has_log_group: Callable[[str], bool],
    ) -> None:
        self.store = store
        self.world = world
        self.prefix = prefix
        self.runner = runner
        self.has_log_group = has_log_group

    def create(self, parameters: Parameters) -> dict[str, Any]:
        """CreateStateMachine: again with the same name, definition, type and settings is no error.

        A different role or different tags are ignored then, as the API reference says.
        """
        name = parameters["name"]
        check_name(name)
        check_publishing(parameters)
        check_logging(parameters, self.has_log_group)
        arn = f"{self.prefix}:stateMachine:{name}"
        kind = parameters.get("type", "STANDARD")
        revision = revision_of(parameters, kind, None, self.world.now())
        known = self.store.machines.get(arn)
        if known is None:
            tags = tagged({}, parameters.get("tags", ()), arn)
            created = revision.updated
            known = StateMachine(arn, name, kind, created, revision, tags, Listing(arn))
            self.runner.keeper.listing(known.executions)
            self.runner.keeper.machine(known)
            self.store.machines[arn] = known
        else:
            _check_same(self.store.active_machine(arn), kind, revision)
        answer = {"stateMachineArn": arn, "creationDate": known.created}
        return answer | self._published(known, parameters)

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """UpdateStateMachine: for executions that start from now on."""
        machine = self.store.active_machine(parameters["stateMachineArn"])
        check_publishing(parameters)
        check_logging(parameters, self.has_log_group)
        before = machine.revision
        known = {
            "definition": before.definition,
            "roleArn": before.role_arn,
            "loggingConfiguration": before.logging,
            "tracingConfiguration": before.tracing,
            "encryptionConfiguration": before.encryption,
        }
        if not known.keys() & parameters.keys():
            raise ApiError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the "
                "TracingConfiguration must be specified",
            )
        after = revision_of(
            {**known, **parameters}, machine.kind, str(uuid.uuid4()), self.world.now()
        )
        if after.settings != before.settings:
            machine.revision = after
            self.runner.keeper.machine(machine)
        shown = {"updateDate": after.updated} | self._published(machine, parameters)
        return shown | ({"revisionId": machine.revision.id} if machine.revision.id else {})

    def _published(self, machine: StateMachine, parameters: Parameters) -> dict[str, str]:
        """The version that a request publishes with its change."""
        if not parameters.get("publish"):
            return {}
        made = published(machine, parameters.get("versionDescription"), self.world.now())
        self.runner.keeper.machine(machine)
        return {"stateMachineVersionArn": made.arn}

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeStateMachine: of a version, where the ARN is one's."""
        arn = parameters["stateMachineArn"]
        unqualified, number = split(arn)
        machine = self.store.machine(unqualified)
        revision, more = machine.revision, {}
        if number is not None:
            found = version(self.store, arn)
            revision = found.revision
            more = {"description": found.description} if found.description is not None else {}
        return (
            described(revision, parameters)
            | more
            | {
                "stateMachineArn": arn,
                "name": machine.name,
                "status": machine.status,
                "type": machine.kind,
                "creationDate": machine.created,
            }
        )

    def describe_for_execution(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeStateMachineForExecution: the definition that it runs, not the newest."""
        record = self.store.execution(parameters["executionArn"])
        return described(record.revision, parameters) | _owner(record)

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListStateMachines, by name."""
        after = start_of(parameters) or ""
        machines = sorted(self.store.machines.values(), key=lambda machine: machine.name)
        left = (machine for machine in machines if machine.name > after)
        return page(parameters, "stateMachines", left, _summary, lambda machine: machine.name)

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteStateMachine: no execution starts any more; it is gone when the last one ended.

        One that is not there is no error.
        """
        arn = parameters["stateMachineArn"]
        check_arn(arn, "stateMachine")
        machine = self.store.machines.get(arn)
        if machine is not None:
            machine.status = "DELETING"
            self.runner.keeper.machine(machine)
            self.store.forget_if_deleted(arn)
        return {}


def _owner(record: Record) -> dict[str, Any]:
    listing = record.listing
    full_name = listing.machine_arn.rpartition(":")[2]
    shown = {
        "stateMachineArn": listing.machine_arn,
        "name": full_name,
        "updateDate": record.revision.updated,
    }
    if listing.map_run_arn is not None:
        shown |= {"mapRunArn": listing.map_run_arn, "label": full_name.partition("/")[2]}
    return shown


def _summary(machine: StateMachine) -> dict[str, Any]:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": machine.kind,
        "creationDate": machine.created,
    }


def _check_same(machine: StateMachine, kind: str, wanted: Revision) -> None:
    known = machine.revision
    same_settings = (known.definition, known.logging, known.tracing, known.encryption) == (
        wanted.definition,
        wanted.logging,
        wanted.tracing,
        wanted.encryption,
    )
    if machine.kind != kind or not same_settings:
        text = f"State Machine Already Exists: '{machine.arn}'"
        raise ApiError("StateMachineAlreadyExists", text)
