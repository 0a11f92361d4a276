"""Aliases of state machines: a name for one version, or for two by weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.errors import ApiError
from local.stepfunctions.pagination import page, start_of
from local.stepfunctions.qualified_arns import alias, split
from local.stepfunctions.store import Alias

if TYPE_CHECKING:
    from local.stepfunctions.keeping import InMemory
    from local.stepfunctions.store import Parameters, StateMachine, Store, World

    Routing = dict[str, int]
    """Versions' ARNs, each with its share of 100."""

MOST = 100
"""Aliases of one state machine (Step Functions guide, "Quotas related to aliases")."""
WHOLE = 100


class Aliases:
    """The operations on aliases."""

    def __init__(self, store: Store, world: World, keeper: InMemory) -> None:
        self.store = store
        self.world = world
        self.keeper = keeper

    def create(self, parameters: Parameters) -> dict[str, Any]:
        """CreateStateMachineAlias: the same again is no error."""
        routing = self._routing(parameters)
        machine = self.store.active_machine(split(next(iter(routing)))[0])
        name, description = parameters["name"], parameters.get("description")
        known = machine.aliases.get(name)
        if known is None:
            known = self._made(machine, name, description, routing)
        elif (known.description, known.routing) != (description, routing):
            text = (
                "Failed to create alias because an alias with the same name and a different"
                " routing configuration already exists."
            )
            raise ApiError("ConflictException", text)
        return {"stateMachineAliasArn": known.arn, "creationDate": known.created}

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """UpdateStateMachineAlias: for executions that start from now on."""
        machine, known = alias(self.store, parameters["stateMachineAliasArn"])
        if not {"description", "routingConfiguration"} & parameters.keys():
            text = "Either the description or the routing configuration must be specified"
            raise ApiError("ValidationException", text)
        if "routingConfiguration" in parameters:
            known.routing = self._routing(parameters, machine)
        known.description = parameters.get("description", known.description)
        known.updated = round(self.world.now(), 3)
        self.keeper.machine(machine)
        return {"updateDate": known.updated}

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeStateMachineAlias."""
        _, known = alias(self.store, parameters["stateMachineAliasArn"])
        shown = {"description": known.description} if known.description is not None else {}
        return shown | {
            "stateMachineAliasArn": known.arn,
            "name": known.name,
            "routingConfiguration": [
                {"stateMachineVersionArn": arn, "weight": weight}
                for arn, weight in known.routing.items()
            ],
            "creationDate": known.created,
            "updateDate": known.updated,
        }

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListStateMachineAliases: the newest first, of a machine or of one of its versions."""
        arn = parameters["stateMachineArn"]
        unqualified, number = split(arn)
        machine, after = self.store.machine(unqualified), start_of(parameters)
        newest = list(reversed(machine.aliases.values()))
        names = [each.name for each in newest]
        first = names.index(after) + 1 if after in names else 0
        left = (each for each in newest[first:] if number is None or arn in each.routing)
        return page(parameters, "stateMachineAliases", left, _summary, lambda each: each.name)

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteStateMachineAlias: its versions stay."""
        machine, known = alias(self.store, parameters["stateMachineAliasArn"])
        del machine.aliases[known.name]
        self.keeper.machine(machine)
        return {}

    def _made(
        self, machine: StateMachine, name: str, description: str | None, routing: Routing
    ) -> Alias:
        if len(machine.aliases) >= MOST:
            text = f"A state machine may have {MOST} aliases: '{machine.arn}'"
            raise ApiError("ServiceQuotaExceededException", text)
        now = round(self.world.now(), 3)
        made = Alias(f"{machine.arn}:{name}", name, description, routing, now, now)
        machine.aliases[name] = made
        self.keeper.machine(machine)
        return made

    def _routing(self, parameters: Parameters, machine: StateMachine | None = None) -> Routing:
        """The routing that a request asks for; of that machine, where there is one already."""
        given = parameters["routingConfiguration"]
        routing = {each["stateMachineVersionArn"]: each["weight"] for each in given}
        machines = {split(arn)[0] for arn in routing} | ({machine.arn} if machine else set())
        if len(routing) < len(given):
            raise _invalid("Routing configuration must contain distinct state machine version ARNs")
        if len(machines) > 1:
            raise _invalid("Routing configuration must contain versions of the same state machine")
        if sum(routing.values()) != WHOLE:
            raise _invalid(f"Sum of routing configuration weights must equal {WHOLE}")
        for arn in routing:
            self._check_version(arn)
        return routing

    def _check_version(self, arn: str) -> None:
        unqualified, number = split(arn)
        machine = self.store.machine(unqualified)
        if not (number and number.isdecimal() and int(number) in machine.versions):
            text = "Request references a resource that does not exist."
            raise ApiError("ResourceNotFound", text)


def _invalid(text: str) -> ApiError:
    return ApiError("ValidationException", f"{text} (INVALID_ROUTING_CONFIGURATION)")


def _summary(each: Alias) -> dict[str, Any]:
    return {"stateMachineAliasArn": each.arn, "creationDate": each.created}
