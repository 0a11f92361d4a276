"""Requests are checked against the API's own service model, which botocore carries."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator

from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape


@functools.cache
def service_model() -> ServiceModel:
    """The model of AWSStepFunctions."""
    return botocore.session.get_session().get_service_model("stepfunctions")


def check(operation: str, parameters: dict[str, Any]) -> None:
    """Refuse a request that is not of the model's form.

    Raises:
        ApiError: UnknownOperationException, ValidationException.
    """
    if operation not in service_model().operation_names:
        raise ApiError("UnknownOperationException", f"there is no operation {operation}")
    shape = service_model().operation_model(operation).input_shape
    if shape is None:
        return
    report = ParamValidator().validate(parameters, shape)
    problems = [report.generate_report()] if report.has_errors() else []
    problems += [text for name, value in parameters.items() for text in _bounds(shape, name, value)]
    if problems:
        text = "; ".join(problems).replace("\n", "; ")
        number = len(problems)
        plural = "error" if number == 1 else "errors"
        raise ApiError("ValidationException", f"{number} validation {plural} detected: {text}")


def _bounds(shape: Shape, name: str, value: Any) -> list[str]:
    member: Any = getattr(shape, "members", {}).get(name)
    if member is None:
        return []
    rules, at = member.metadata, f"Value '{value}' at '{name}' failed to satisfy constraint: "
    size = len(value) if isinstance(value, (str, list)) else value
    if "enum" in rules and value not in rules["enum"]:
        return [f"{at}Member must satisfy enum value set: {rules['enum']}"]
    if "max" in rules and isinstance(size, int) and size > rules["max"]:
        return [f"{at}Member must have length or value less than or equal to {rules['max']}"]
    return []
