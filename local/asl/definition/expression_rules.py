"""The strings of a state: expressions that cannot be, and what is open on one side.

Source: Step Functions guide, "Transforming data with JSONata": an expression is closed on both
sides, and what `$states` does not hold in a field is found when the machine is created. The words
are those that ValidateStateMachineDefinition had in August 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.definition.location import SCHEMA, Place
from local.asl.jsonata.expressions import is_expression, source, syntax_problem
from local.asl.jsonata.syntax import states_read, top_level_names
from local.asl.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_EVALUATED = frozenset({"Comment", "Next", "Default", "Branches", "ItemProcessor", "Iterator"})
"""Names and remarks; and inner states, which are looked at as states themselves."""
INVALID = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED = "UNSUPPORTED_JSONATA_EXPRESSION"
LATE = frozenset({"Output", "Assign"})
"""The fields that are evaluated when the work is over."""
WITH_RESULT = frozenset({"Task", "Parallel", "Map"})
ALWAYS = frozenset({"input", "context"})
"""What `$states` holds in every field."""


def problems_of_strings(state: Place) -> Iterator[Problem]:
    """What is wrong with the strings of one state."""
    late = {"result"} if state.value.get("Type") in WITH_RESULT else set()
    own = {name: value for name, value in state.value.items() if name != "Catch"}
    yield from _fields(Place(own, state.path), late)
    for catcher in state.objects("Catch"):
        yield from _fields(catcher, {"errorOutput"})


def _fields(part: Place, late: set[str]) -> Iterator[Problem]:
    for field, value in part.value.items():
        if field not in NOT_EVALUATED:
            place = Place(value, f"{part.path}/{field}")
            yield from _strings(place, late if field in LATE else set())


def _strings(place: Place, readable: set[str]) -> Iterator[Problem]:
    value, path = place.value, place.path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(Place(inner, f"{path}/{key}"), readable)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(Place(inner, f"{path}[{index}]"), readable)
    elif is_expression(value):
        yield from _expression(source(value), path, readable)
    elif isinstance(value, str) and value.strip().startswith("{%") != value.strip().endswith("%}"):
        # With blanks around all of it, it is a literal (recorded on AWS).
        yield Problem(SCHEMA, "JSONata string must start with {% and end with %}", path)


def _expression(text: str, path: str, readable: set[str]) -> Iterator[Problem]:
    problem = syntax_problem(text)
    if problem:
        yield Problem(INVALID, problem, path)
        return
    for name in top_level_names(text):
        where = "" if name == "$$" else " at the top level"
        yield Problem(UNSUPPORTED, f"Reference to '{name}'{where} is not supported.", path)
    for name in sorted(states_read(text) - ALWAYS - readable):
        yield Problem(UNSUPPORTED, f"Field '$states.{name}' does not exist.", path)
