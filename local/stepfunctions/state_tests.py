"""TestState: one state, or a state of a whole machine, with or without a mock.

Source: API reference, TestState, as it is since November 2025; words recorded on AWS in November
and December 2025 and in February 2026, where they are known.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

from local.asl import DefinitionError, Identity, Machine
from local.asl.definition import problems_of
from local.asl.definition.location import PROCESSORS
from local.asl.definition.transitions import TARGET
from local.asl.model.errors import TIMEOUT, StateError
from local.asl.model.resources import parse
from local.asl.tested_state import Mock, Setup, Tested, parsed_json, tested
from local.stepfunctions.answers import present
from local.stepfunctions.arns import check_role
from local.stepfunctions.definition import call_problems, refused
from local.stepfunctions.errors import ApiError
from local.stepfunctions.mocks import check_result

if TYPE_CHECKING:
    from local.stepfunctions.runner import Runner
    from local.stepfunctions.store import Parameters, World

SECONDS = 300
ALONE = "StateName"
"""What a state is called that is given without a machine (recorded)."""
NOT_ALONE = frozenset({TARGET, "MISSING_END_STATE"})
CONTAINERS = frozenset({"Map", "Parallel"})
MOCKABLE = CONTAINERS | {"Task"}
CONTEXT: dict[str, frozenset[str]] = {
    "Execution": frozenset(
        {"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"}
    ),
    "State": frozenset({"EnteredTime", "Name", "RetryCount"}),
    "StateMachine": frozenset({"Id", "Name"}),
    "Task": frozenset({"Token"}),
}
NUMBERS = frozenset({"RetryCount", "RedriveCount"})


class StateTests:
    """The operation TestState."""

    def __init__(self, world: World, prefix: str, runner: Runner) -> None:
        self.world = world
        self.prefix = prefix
        self.runner = runner

    async def test(self, parameters: Parameters) -> dict[str, Any]:
        """TestState: what the state does to its input, and where it would go."""
        machine, name = _definition(parameters)
        state = machine.states[name]
        _check_mock(parameters, state)
        if "roleArn" in parameters:
            check_role(parameters["roleArn"])
        elif state["Type"] == "Task" and "mock" not in parameters:
            raise _invalid("A role ARN is required to test a Task state without a mock")
        given = _json(parameters.get("input", "{}"), "input", "InvalidExecutionInput")
        around = (self._identity(parameters), self.world, self.runner)
        try:
            async with asyncio.timeout(SECONDS):
                found = await tested(machine, name, given, _setup(parameters, state), around)
        except TimeoutError:
            found = Tested("FAILED", error=TIMEOUT)
        return _shown(found, parameters.get("inspectionLevel", "INFO"))

    def _identity(self, parameters: Parameters) -> Identity:
        name, machine = str(uuid.uuid4()), str(uuid.uuid4())
        return Identity(
            arn=f"{self.prefix}:express:{machine}:{name}",
            name=name,
            state_machine_arn=f"{self.prefix}:stateMachine:{machine}",
            state_machine_name=machine,
            role_arn=parameters.get("roleArn", ""),
            start_time=round(self.world.now(), 3),
            kind="EXPRESS",
        )


def _definition(parameters: Parameters) -> tuple[Machine, str]:
    """The scope that the state is in, and its name.

    Raises:
        ApiError: InvalidDefinition; ValidationException, where the machine has no such state.
    """
    definition, name = parameters["definition"], parameters.get("stateName")
    try:
        if name is None:
            return _alone(definition), ALONE
        machine = Machine.parse(definition)
    except DefinitionError as error:
        raise refused(error.problems) from error
    scope = _scope_of(name, machine.states)
    if scope is None:
        raise _invalid("State not found in definition")
    return Machine(name, scope), name


def _alone(definition: str) -> Machine:
    """A machine of one state, which may lead to states that are not there."""
    try:
        state = json.loads(definition)
    except json.JSONDecodeError:
        return Machine.parse(definition)
    language = state.get("QueryLanguage", "JSONPath") if isinstance(state, dict) else "JSONata"
    document = {"QueryLanguage": language, "StartAt": ALONE, "States": {ALONE: state}}
    inner = f"/States/{ALONE}/"
    problems = [
        problem
        for problem in problems_of(document)
        if problem.code not in NOT_ALONE or "/States/" in problem.location.removeprefix(inner)
    ]
    if not problems and state["Type"] == "Task":
        problems = list(call_problems(state, f"/States/{ALONE}"))
    if problems:
        raise DefinitionError(problems)
    return Machine.checked(document)


def _scope_of(name: str, states: dict[str, Any]) -> dict[str, Any] | None:
    """The states among which that one is, at any depth."""
    if name in states:
        return states
    for state in states.values():
        processors = [state[name] for name in PROCESSORS if name in state]
        for part in [*state.get("Branches", ()), *processors]:
            found = _scope_of(name, part["States"])
            if found is not None:
                return found
    return None


def _check_mock(parameters: Parameters, state: dict[str, Any]) -> None:
    """What goes with a mock, and what goes with none."""
    kind, mock = state["Type"], parameters.get("mock")
    if mock is None:
        _check_unmocked(parameters, state)
        return
    if kind not in MOCKABLE:
        raise _invalid(f"State type '{kind}' is not supported when a mock is specified")
    if ("result" in mock) == ("errorOutput" in mock):
        text = "A test mock should have only one of the following fields: [result, errorOutput]."
        raise _invalid(text)
    if parameters.get("revealSecrets"):
        raise _invalid("TestState does not support RevealSecrets when a mock is specified.")


def _check_unmocked(parameters: Parameters, state: dict[str, Any]) -> None:
    if state["Type"] in CONTAINERS:
        raise ApiError(
            "InvalidDefinition",
            "TestState API does not support Map or Parallel states. Supported state types "
            "include: [Task, Wait, Pass, Succeed, Fail, Choice]",
        )
    if _waits(state):
        raise ApiError(
            "InvalidDefinition",
            "TestState API does not support '.sync' or '.waitForTaskToken' without a mock",
        )
    if "context" in parameters:
        raise _invalid("A context can only be specified with a mock")


def _setup(parameters: Parameters, state: dict[str, Any]) -> Setup:
    mock = parameters.get("mock")
    configuration = parameters.get("stateConfiguration", {})
    return Setup(
        variables=_object(parameters.get("variables", "{}"), "variables"),
        mock=None if mock is None else _mock(mock, state),
        context=_context(parameters["context"], state) if "context" in parameters else None,
        retries=configuration.get("retrierRetryCount", 0),
        failures=configuration.get("mapIterationFailureCount", 0),
        items=configuration.get("mapItemReaderData"),
    )


def _mock(mock: dict[str, Any], state: dict[str, Any]) -> Mock:
    if "errorOutput" in mock:
        given = mock["errorOutput"]
        if "error" not in given:
            raise _invalid("A mocked errorOutput must have an error")
        return Mock(failure=StateError(given["error"], given.get("cause")))
    result = _json(mock["result"], "mocked result", "ValidationException")
    _check_result(result, state, mock.get("fieldValidationMode", "STRICT"))
    return Mock(result)


def _check_result(result: Any, state: dict[str, Any], mode: str) -> None:
    if state["Type"] == "Task":
        check_result(parse(state["Resource"]), result, mode)
    elif "Resource" in state.get("ResultWriter", {}):
        if not isinstance(result, dict):
            raise _invalid("Mocked result must be a JSON object.")
    elif not isinstance(result, list):
        raise _invalid("Mocked result must be an array.")
    elif "Branches" in state and len(result) != len(state["Branches"]):
        text = "Mocked result must contain the same number of items as number of Parallel branches."
        raise _invalid(text)


def _context(text: str, state: dict[str, Any]) -> dict[str, Any]:
    context = _object(text, "context")
    for name, fields in context.items():
        if name == "Map":
            raise _context_problem("'Map' field is not supported when mocking a Context object")
        if name not in CONTEXT:
            raise _context_problem(f"Field '{name}' is not allowed")
        if name == "Task" and not _waits(state):
            raise _context_problem(
                "Context object contains 'Task' when state is not a Task state with a '.sync' or "
                "'.waitForTaskToken' service integration pattern"
            )
        _check_fields(name, fields)
    return context


def _check_fields(name: str, fields: Any) -> None:
    if not isinstance(fields, dict):
        raise _context_problem(f"{name} must be an object")
    for field, value in fields.items():
        if field not in CONTEXT[name]:
            raise _context_problem(f"Field '{field}' is not allowed")
        if field not in NUMBERS | {"Input"} and not isinstance(value, str):
            raise _context_problem(f"{name}.{field} must be a string")
        if field in NUMBERS and (isinstance(value, bool) or not isinstance(value, int)):
            raise _context_problem(f"{name}.{field} must be a number")


def _context_problem(message: str) -> ApiError:
    return _invalid(f"Invalid Context object provided: {message}")


def _waits(state: dict[str, Any]) -> bool:
    """Whether it is a Task that waits for a job or a token."""
    return state["Type"] == "Task" and parse(state["Resource"]).pattern != "request_response"


def _json(text: str, what: str, code: str) -> Any:
    try:
        return parsed_json(text)
    except (ValueError, RecursionError) as error:
        if code == "InvalidExecutionInput":
            raise ApiError(code, f"Invalid State Machine Execution Input: '{error}'") from error
        raise ApiError(code, f"The {what} must be valid JSON: {error}") from error


def _object(text: str, what: str) -> dict[str, Any]:
    value = _json(text, what, "ValidationException")
    if isinstance(value, dict):
        return value
    raise _invalid(f"The {what} must be a JSON object")


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _shown(found: Tested, level: str) -> dict[str, Any]:
    """The answer at that level of inspection; TRACE has no more, as there are no HTTP tasks."""
    data = None if level == "INFO" else found.data
    shown = {
        "status": found.status,
        "output": found.output,
        "error": found.error,
        "cause": found.cause,
        "nextState": found.next,
        "inspectionData": data,
    }
    return present(shown)
