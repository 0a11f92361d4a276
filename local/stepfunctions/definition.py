"""Definitions as the API takes and refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl import DefinitionError, Machine, Problem
from local.asl.definition.location import SCHEMA
from local.asl.definition.nested_objects import express_problem
from local.asl.model.resources import not_recognized, parse
from local.stepfunctions.arguments import problems_of_arguments
from local.stepfunctions.errors import ApiError
from local.stepfunctions.integration_names import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl.definition.machine import States
    from local.stepfunctions.store import Parameters

MOST_DIAGNOSTICS = 100


def parsed(definition: str, kind: str) -> Machine:
    """The machine of a definition for that type of state machine.

    Raises:
        ApiError: InvalidDefinition, with every problem and its place.
    """
    machine, problems = _read(definition, kind)
    if machine is None or problems:
        raise refused(problems)
    return machine


def refused(problems: list[Problem]) -> ApiError:
    """How a definition with these problems is refused."""
    text = ", ".join(_line(problem) for problem in problems)
    return ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")


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
    return f"{problem.code}: {problem.message} at {problem.location or 'null'}"


def _all_states(states: States, at: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Every state, those within others too, with its place."""
    for name, state in states.items():
        where = f"{at}/States/{name}"
        yield state, where
        for number, branch in enumerate(state.get("Branches", ())):
            yield from _all_states(branch["States"], f"{where}/Branches[{number}]")
        if "ItemProcessor" in state:
            inside = state["ItemProcessor"]["States"]
            yield from _all_states(inside, f"{where}/ItemProcessor")


def _problems_of_state(state: dict[str, Any], where: str, kind: str) -> Iterator[Problem]:
    if state["Type"] == "Task":
        yield from call_problems(state, where)
    if kind == "EXPRESS":
        yield from _express_problems(state, where)


def call_problems(state: dict[str, Any], where: str) -> Iterator[Problem]:
    """An action or a parameter that the service's API has not."""
    resource = parse(state["Resource"])
    if resource.function:
        return
    if resource.integration == "aws-sdk" and not is_known(resource.service, resource.action):
        yield Problem(SCHEMA, not_recognized(resource.arn), f"{where}/Resource")
        return
    for message in problems_of_arguments(resource, state.get("Arguments")):
        yield Problem(SCHEMA, message, f"{where}/Arguments")


def _express_problems(state: dict[str, Any], where: str) -> Iterator[Problem]:
    """What an Express workflow cannot do; the interpreter looks at a Map's Express children."""
    message = express_problem(state.get("Resource"))
    if message:
        yield Problem(SCHEMA, message, f"{where}/Resource")
    config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
    if config.get("Mode") == "DISTRIBUTED":
        text = (
            "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' "
            "state machines"
        )
        yield Problem(SCHEMA, text, f"{where}/ItemProcessor/ProcessorConfig/Mode")
