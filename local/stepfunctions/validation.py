"""Requests are checked against the API's own service model, which botocore carries.

The model's shapes are compiled once into checks, because every request passes here.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from local import sdk_models
from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import ServiceModel

    Check = Callable[[Any, str], Iterator[str]]
    """Violations of a value at a place, as AWS words them."""

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
}


@functools.cache
def service_model() -> ServiceModel:
    """The model of AWSStepFunctions."""
    found: ServiceModel = sdk_models.session().get_service_model("stepfunctions")
    return found


def checked(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters that are there (null is not), of the model's form.

    Raises:
        ApiError: UnknownOperationException, SerializationException (a wrong JSON type),
            ValidationException (required, lengths, ranges, patterns, enumerations).
    """
    if operation not in service_model().operation_names:
        raise ApiError("UnknownOperationException", f"There is no operation {operation}")
    given = {name: value for name, value in parameters.items() if value is not None}
    found = list(_check_of_operation(operation)(given, ""))
    if found:
        plural = "error" if len(found) == 1 else "errors"
        text = f"{len(found)} validation {plural} detected: {'; '.join(found)}"
        raise ApiError("ValidationException", text)
    return given


@functools.cache
def _check_of_operation(operation: str) -> Check:
    return _compiled(service_model().operation_model(operation).input_shape)


def _compiled(shape: Any) -> Check:
    if shape.type_name == "structure":
        inside = _structure(shape)
    elif shape.type_name == "list":
        inside = _list(shape)
    else:
        inside = _scalar(shape)
    kinds = _TYPES[shape.type_name]
    no_bool = bool not in kinds

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, kinds) or (no_bool and isinstance(value, bool)):
            text = f"The value at '{at}' is not of the type {shape.type_name}"
            raise ApiError("SerializationException", text)
        return inside(value, at)

    return check


def _structure(shape: Any) -> Check:
    members = {name: _compiled(member) for name, member in shape.members.items()}

    def check(value: Any, at: str) -> Iterator[str]:
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"Value null at '{_inner(at, name)}' {_FAILED} Member must not be null"
        for name, member in members.items():
            if value.get(name) is not None:
                yield from member(value[name], _inner(at, name))

    return check


def _list(shape: Any) -> Check:
    member, bounds = _compiled(shape.member), _bounds(shape)

    def check(value: Any, at: str) -> Iterator[str]:
        yield from bounds(value, at)
        for number, each in enumerate(value, 1):
            yield from member(each, f"{at}.{number}.member")

    return check


def _scalar(shape: Any) -> Check:
    rules, bounds = shape.metadata, _bounds(shape)
    pattern = rules.get("pattern")
    matcher = re.compile(pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]")) if pattern else None
    allowed = rules.get("enum")

    def check(value: Any, at: str) -> Iterator[str]:
        yield from bounds(value, at)
        if matcher and not matcher.fullmatch(value):
            rule = f"Member must satisfy regular expression pattern: {pattern}"
            yield f"{_place(shape, value, at)} {rule}"
        if allowed and value not in allowed:
            rule = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
            yield f"{_place(shape, value, at)} {rule}"

    return check


def _bounds(shape: Any) -> Check:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    size = _size_of(shape)
    what = "value" if shape.type_name in {"integer", "long", "float"} else "length"

    def check(value: Any, at: str) -> Iterator[str]:
        if most is not None and size(value) > most:
            rule = f"Member must have {what} less than or equal to {most}"
            yield f"{_place(shape, value, at)} {rule}"
        if least is not None and size(value) < least:
            rule = f"Member must have {what} greater than or equal to {least}"
            yield f"{_place(shape, value, at)} {rule}"

    return check


def _size_of(shape: Any) -> Callable[[Any], float]:
    """Data counts in bytes of UTF-8, says the model's documentation; other text in characters."""
    if shape.type_name in {"integer", "long", "float"}:
        return float
    if shape.name == "SensitiveData":
        return lambda value: len(value.encode(errors="replace"))
    return len


_FAILED = "failed to satisfy constraint:"


def _place(shape: Any, value: Any, at: str) -> str:
    shown = "Value" if shape.metadata.get("sensitive") else f"Value '{value}'"
    return f"{shown} at '{at}' {_FAILED}"


def _inner(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
