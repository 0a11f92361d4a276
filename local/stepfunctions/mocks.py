"""Mocked results of TestState against what the service's API answers, as botocore has it.

Words and rules as recorded on AWS in November 2025: what the API has not is let pass, and each
field that it has is of its type, its values and its bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.errors import ApiError
from local.stepfunctions.integration_names import client_name, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl.model.resources import Resource

TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list,), "an array"),
    "boolean": ((bool,), "a boolean"),
    **dict.fromkeys(("string", "blob", "timestamp", "char"), ((str,), "a string")),
    **dict.fromkeys(("integer", "long", "float", "double"), ((int, float), "a number")),
}
ANY_JSON = {("lambda", "Payload"), ("states", "Input"), ("states", "Output")}
"""Texts of an API that Step Functions shows as the JSON that they are."""


def check_result(resource: Resource, result: Any, mode: str) -> None:
    """Refuse a mocked result that the service would not give.

    Raises:
        ApiError: ValidationException.
    """
    waits = resource.pattern != "request_response"
    if mode == "NONE" or waits or resource.function or not isinstance(result, dict):
        return
    optimized = resource.integration == "optimized"
    model = model_of(client_name(resource.service, optimized=optimized))
    name = f"{resource.action[:1].upper()}{resource.action[1:]}"
    if model is None or name not in model.operation_names:
        return
    shape: Any = model.operation_model(name).output_shape
    if shape is None:
        return
    problem = next(_problems(resource.service, result, shape, strict=mode == "STRICT"), None)
    if problem:
        raise ApiError("ValidationException", f"Mock result schema validation error: {problem}")


def _problems(service: str, value: dict[str, Any], shape: Any, *, strict: bool) -> Iterator[str]:
    names = {name[:1].upper() + name[1:]: name for name in shape.members}
    if strict:
        for required in shape.required_members:
            shown = f"{required[:1].upper()}{required[1:]}"
            if shown not in value:
                yield f"Required field '{shown}' is missing"
    for name, inner in value.items():
        if name in names and (service, name) not in ANY_JSON:
            yield from _field(service, name, inner, shape.members[names[name]], strict)


def _field(service: str, name: str, value: Any, shape: Any, strict: bool) -> Iterator[str]:  # noqa: FBT001 - handed on
    kinds, article = TYPES[shape.type_name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield f"Field '{name}' must be {article}"
    else:
        yield from _inside(service, name, value, shape, strict)


def _inside(service: str, name: str, value: Any, shape: Any, strict: bool) -> Iterator[str]:  # noqa: FBT001 - handed on
    if shape.type_name == "structure":
        yield from _problems(service, value, shape, strict=strict)
    elif shape.type_name == "list":
        for inner in value:
            yield from _field(service, name, inner, shape.member, strict)
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from _field(service, key, inner, shape.value, strict)
    else:
        yield from _bounds(name, value, shape.metadata)


def _bounds(name: str, value: Any, rules: dict[str, Any]) -> Iterator[str]:
    least, most = rules.get("min"), rules.get("max")
    text = isinstance(value, str)
    size = len(value) if text else value
    if "enum" in rules and value not in rules["enum"]:
        yield f"Field '{name}' is not an expected value"
    if least is not None and size < least:
        what = "smaller than the minimum length" if text else "less than the minimum value"
        yield f"Field '{name}' is {what}"
    if most is not None and size > most:
        yield f"Field '{name}' exceeds the maximum {'length' if text else 'value'}"
