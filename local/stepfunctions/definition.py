"""Definitions as the API takes and refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl import DefinitionError, Machine, Problem
from local.asl.definition.location import SCHEMA
from local.asl.model.resources import parse
from local.stepfunctions.errors import ApiError
from local.stepfunctions.integration_names import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl.definition.machine import States
    from local.stepfunctions.store import Parameters

MOST_DIAGNOSTICS = 100
_NOT_EXPRESS = (".sync:2", ".sync", ".waitForTaskToken")


def parsed(definition: str, kind: str) -> Machine:
    """The machine of a definition for that type of state machine.

    Raises:
        ApiError: InvalidDefinition, with every problem and its place.
    """
    machine, problems = _read(definition, kind)
    if machine is None or problems:
        text = ", ".join(_line(problem) for problem in problems)
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")
    return machine


def validate(parameters: Parameters) -> dict[str, Any]:
    """ValidateStateMachineDefinition: every problem, with its place. There are no warnings."""
    _, problems = _read(parameters["definition"], parameters.get("type", "STANDARD"))
    most = parameters.get("maxResults") or MOST_DIAGNOSTICS
    return {
        "result": "FAIL" if problems else "OK",
        "diagnostics": [_diagnostic(problem) for problem in problems[:most]],
        "truncated": len(problems) > most,
    }


def _read(definition: str, kind: str) -> tuple[Machine | None, list[Problem]]:
    try:
        machine = Machine.parse(definition)
    except DefinitionError as error:
        return None, error.problems
    return machine, [
        problem
        for state, where in _all_states(machine.states)
        for problem in _problems_of_state(state, where, kind)
    ]


def _diagnostic(problem: Problem) -> dict[str, str]:
    shown = {"severity": "ERROR", "code": problem.code, "message": problem.message}
    return shown | ({"location": problem.location} if problem.location else {})


def _line(problem: Problem) -> str:
    place = f" at {problem.location}" if problem.location else ""
    return f"{problem.code}: {problem.message}{place}"


def _all_states(states: States, at: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Every state, those within others too, with its place."""
    for name, state in states.items():
        where = f"{at}/States/{name}"
        yield state, where
        for number, branch in enumerate(state.get("Branches", ())):
            yield from _all_states(branch["States"], f"{where}/Branches/{number}")
        if "ItemProcessor" in state:
            inside = state["ItemProcessor"]["States"]
            yield from _all_states(inside, f"{where}/ItemProcessor")


def _problems_of_state(state: dict[str, Any], where: str, kind: str) -> Iterator[Problem]:
    if state["Type"] == "Task":
        yield from _sdk_problems(state["Resource"], where)
    if kind == "EXPRESS":
        yield from _express_problems(state, where)


def _sdk_problems(arn: str, where: str) -> Iterator[Problem]:
    """An action of the SDK that there is not."""
    resource = parse(arn)
    if resource.integration == "aws-sdk" and not is_known(resource.service, resource.action):
        text = (
            f"The resource provided {arn} is not recognized. The value is not a valid resource "
            "ARN, or the resource is not available in this region."
        )
        yield Problem(SCHEMA, text, f"{where}/Resource")


def _express_problems(state: dict[str, Any], where: str) -> Iterator[Problem]:
    """What an Express workflow cannot do; the interpreter looks at a Map's Express children."""
    resource = state.get("Resource", "")
    for suffix in _NOT_EXPRESS:
        if resource.endswith(suffix):
            shown = suffix.removesuffix(":2")
            text = f"Express state machine does not support '{shown}' service integration"
            yield Problem(SCHEMA, text, f"{where}/Resource")
    config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
    if config.get("Mode") == "DISTRIBUTED":
        text = "Express state machine does not support a Map state in Distributed mode"
        yield Problem(SCHEMA, text, f"{where}/ItemProcessor/ProcessorConfig/Mode")
