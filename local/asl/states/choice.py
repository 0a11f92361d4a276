"""Choice: the first rule whose condition is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.jsonata.expressions import EvaluationError, is_expression, source
from local.asl.model.errors import NO_CHOICE, StateError
from local.asl.model.values import dumps, kind
from local.asl.runtime.exit import Exit

if TYPE_CHECKING:
    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit


async def choice(visit: Visit) -> Exit:
    """Go where the first true condition points, else to Default.

    Raises:
        StateError: States.NoChoiceMatched, where there is no Default.
        EvaluationError: a condition is not a boolean.
    """
    for index, rule in enumerate(visit.state["Choices"]):
        if _is_true(visit, rule["Condition"], f"Choices[{index}]/Condition"):
            return visit.leave(visit.input, f"Choices/{index}")
    if "Default" not in visit.state:
        raise StateError(NO_CHOICE, f"{visit.where} Failed to transition out of the state.")
    left = visit.leave(visit.input)
    return Exit(visit.state["Default"], left.output, left.assigned)


def _is_true(visit: Visit, condition: Json, location: str) -> bool:
    value = visit.render(condition, location)
    if isinstance(value, bool):
        return value
    text = source(condition) if is_expression(condition) else dumps(condition)
    raise EvaluationError(
        f"{visit.where} The JSONata expression '{text}' specified for the field '{location}' "
        f"returned an unexpected result type. Expected 'boolean', but was '{kind(value)}' "
        f"for value: {dumps(value)}",
        location,
    )
