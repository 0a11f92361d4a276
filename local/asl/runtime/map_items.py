"""What the two forms of a Map state do alike: its items, and what each becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.jsonata.expressions import EvaluationError, is_expression, source
from local.asl.model.values import dumps, kind

if TYPE_CHECKING:
    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit


def items_of(visit: Visit) -> list[Json]:
    """The items of a Map state that has no ItemReader.

    Raises:
        EvaluationError: they are not an array.
    """
    items = visit.field("Items", visit.input)
    if isinstance(items, list):
        return items
    if "Items" not in visit.state:
        message = f"{visit.where} Map state input must be an array but was: {dumps(items)}"
        raise EvaluationError(message, None)
    given = visit.state["Items"]
    text = source(given) if is_expression(given) else dumps(given)
    raise EvaluationError(
        f"{visit.where} The JSONata expression '{text}' specified for the field 'Items' returned "
        f"an unexpected result type. Expected 'array', but was '{kind(items)}' for value: "
        f"{dumps(items)}",
        "Items",
    )


def select(visit: Visit, item: dict[str, Json]) -> Json:
    """What one item becomes by ItemSelector; `item` is the context object's Map.Item."""
    if "ItemSelector" not in visit.state:
        return item["Value"]
    visit.item = item
    try:
        return visit.field("ItemSelector")
    finally:
        visit.item = None
