"""Arguments of a Task against the API of the service that it calls, as botocore has it.

Names are in PascalCase, whatever the API says (Step Functions guide, "Passing parameters to a
service API"). An expression may give anything, so what is inside of it is looked at when it runs.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import is_expression
from local.asl.model.integrations import MISSING
from local.stepfunctions.integration_names import client_name, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl.model.resources import Resource

KINDS: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}
"""Texts, data and times take any value: it is handed on as its JSON."""
NAMES = {"structure": "STRUCTURE", "long": "INTEGER", "double": "FLOAT"}


def problems_of_arguments(resource: Resource, arguments: Any) -> list[str]:
    """What the action's API has not, or does not take; in AWS's words where they are known."""
    optimized = resource.integration == "optimized"
    return problems_of_call(resource.service, resource.action, arguments, optimized=optimized)


def problems_of_call(service: str, action: str, arguments: Any, *, optimized: bool) -> list[str]:
    """The same, by names; the parameters of an optimized action are looked at elsewhere."""
    shape = _input_shape(client_name(service, optimized=optimized), action)
    if shape is None or (service, optimized) == ("lambda", True):
        return []
    if not isinstance(arguments, dict):
        return [] if is_expression(arguments) else ["The arguments must be an object"]
    return list(_members(arguments, shape, top=optimized))


@functools.cache
def _input_shape(client: str, action: str) -> Any:
    model = model_of(client)
    name = f"{action[:1].upper()}{action[1:]}"
    if model is None or name not in model.operation_names:
        return None
    return model.operation_model(name).input_shape


def _members(value: dict[str, Any], shape: Any, *, top: bool = False) -> Iterator[str]:
    """`top` leaves out what an optimized action's own table of parameters says."""
    members = {name[:1].upper() + name[1:]: name for name in shape.members}
    required = () if top else [f"{name[:1].upper()}{name[1:]}" for name in shape.required_members]
    for name in required:
        if name not in value:
            yield MISSING.format(name)
    for name, inner in value.items():
        if name in members:
            yield from _value(name, inner, shape.members[members[name]])
        elif not top:
            yield f'The field "{name}" is not supported by Step Functions'


def _value(name: str, value: Any, shape: Any) -> Iterator[str]:
    kinds = KINDS.get(shape.type_name)
    if value is None or kinds is None or is_expression(value):
        return
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        kind = NAMES.get(shape.type_name, shape.type_name.upper())
        yield f"The value for the field '{name}' must be a {kind}"
    else:
        yield from _inside(name, value, shape)


def _inside(name: str, value: Any, shape: Any) -> Iterator[str]:
    if shape.type_name == "structure" and not shape.is_document_type:
        yield from _members(value, shape)
    elif shape.type_name == "list":
        for inner in value:
            yield from _value(name, inner, shape.member)
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from _value(key, inner, shape.value)
