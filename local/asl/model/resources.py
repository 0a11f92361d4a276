"""What a Task's Resource names: an optimized integration, the SDK, or a function by its own ARN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from local.asl.model.integrations import OPTIMIZED, OTHER_SERVICES, S3_ACTIONS, SDK_PATTERNS

if TYPE_CHECKING:
    from local.asl.model.ports import Pattern

_SUFFIXES: dict[str, Pattern] = {
    "": "request_response",
    ".sync": "sync",
    ".sync:2": "sync:2",
    ".waitForTaskToken": "wait_for_task_token",
}
_STATES = re.compile(r"arn:aws[\w-]*:states:[\w-]*:\d*:(.+)")
_LAMBDA = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d+:function:.+")
_ACTION = re.compile(r"([A-Za-z0-9]+)((?:\.\w+(?::2)?)?)")


@dataclass(frozen=True)
class Resource:
    """A resource, taken apart; `function` is set where the ARN is a Lambda function's own."""

    arn: str
    service: str
    action: str
    integration: Literal["optimized", "aws-sdk"]
    pattern: Pattern
    function: str | None = None

    @property
    def type(self) -> str:
        """`resourceType` in the history."""
        return f"aws-sdk:{self.service}" if self.integration == "aws-sdk" else self.service

    @property
    def name(self) -> str:
        """`resource` in the history: the action with the pattern's suffix."""
        suffix = next(text for text, pattern in _SUFFIXES.items() if pattern == self.pattern)
        return f"{self.action}{suffix}"


def parse(arn: str) -> Resource:
    """Take a resource ARN apart: a Task's, or one of S3 that an ItemReader or ResultWriter has.

    Raises:
        ValueError: it is nothing that is run here; says why, in AWS's words where AWS has it not.
    """
    if not arn.startswith("arn:"):
        raise ValueError("Value is not a valid resource ARN")
    if _LAMBDA.fullmatch(arn):
        return Resource(arn, "lambda", "invoke", "optimized", "request_response", arn)
    found = _STATES.fullmatch(arn)
    if not found:
        raise ValueError(not_recognized(arn))
    *kind, service, last = found[1].split(":") if ".sync:2" not in arn else _sync2(found[1])
    action = _ACTION.fullmatch(last)
    if service in OTHER_SERVICES and not kind:
        raise ValueError(f"{service}:{last} is not run here")
    if not action or action[2] not in _SUFFIXES or kind not in ([], ["aws-sdk"]):
        raise ValueError(not_recognized(arn))
    integration: Literal["optimized", "aws-sdk"] = "aws-sdk" if kind else "optimized"
    resource = Resource(arn, service, action[1], integration, _SUFFIXES[action[2]])
    if not _is_known(resource):
        raise ValueError(not_recognized(arn))
    return resource


def not_recognized(arn: str) -> str:
    """How AWS refuses a resource that it has not."""
    return (
        f"The resource provided {arn} is not recognized. The value is not a valid resource "
        "ARN, or the resource is not available in this region."
    )


def _is_known(resource: Resource) -> bool:
    if resource.integration == "aws-sdk":
        return resource.pattern in SDK_PATTERNS
    if resource.service == "s3":
        return resource.action in S3_ACTIONS and resource.pattern == "request_response"
    action = OPTIMIZED.get((resource.service, resource.action))
    return action is not None and resource.pattern in action.patterns


def _sync2(text: str) -> list[str]:
    head, _, last = text.removesuffix(":2").rpartition(":")
    return [*head.split(":"), f"{last}:2"]


def resource_problem(value: Any) -> str | None:
    """Why an ItemReader or a ResultWriter cannot have that Resource; None if it can."""
    if not isinstance(value, str):
        return "Expected value of type [STRING]"
    try:
        parse(value)
    except ValueError as error:
        return str(error)
    return None


def task_resource_problem(value: Any) -> str | None:
    """Why a Task cannot have that Resource; None if it can. S3 is a Task's by the SDK alone."""
    problem = resource_problem(value)
    if problem is None and parse(value).integration == "optimized" and ":::s3:" in value:
        return not_recognized(value)
    return problem
