"""What a Resource ARN of a Task, ItemReader or ResultWriter means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from local.asl.model.ports import Pattern

OPTIMIZED = {
    "lambda": {"invoke"},
    "sqs": {"sendMessage"},
    "sns": {"publish"},
    "events": {"putEvents"},
    "states": {"startExecution"},
    "s3": {"listObjectsV2", "getObject", "putObject"},
}
"""Optimized integrations that are run here; anything else goes by `aws-sdk:`."""

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
    """Take a resource ARN apart.

    Raises:
        ValueError: it is nothing that is run here; says why.
    """
    if _LAMBDA.fullmatch(arn):
        return Resource(arn, "lambda", "invoke", "optimized", "request_response", arn)
    found = _STATES.fullmatch(arn)
    if not found:
        raise ValueError(f"cannot be run: {arn}")
    *kind, service, last = found[1].split(":") if ".sync:2" not in arn else _sync2(found[1])
    action = _ACTION.fullmatch(last)
    if not action or action[2] not in _SUFFIXES or kind not in ([], ["aws-sdk"]):
        raise ValueError(f"cannot be run: {arn}")
    if not kind and action[1] not in OPTIMIZED.get(service, ()):
        raise ValueError(f"asks for {service}:{action[1]}, which is not supported: {arn}")
    integration: Literal["optimized", "aws-sdk"] = "aws-sdk" if kind else "optimized"
    return Resource(arn, service, action[1], integration, _SUFFIXES[action[2]])


def _sync2(text: str) -> list[str]:
    head, _, last = text.removesuffix(":2").rpartition(":")
    return [*head.split(":"), f"{last}:2"]


def resource_problem(value: Any) -> str | None:
    """Why a Resource cannot be run; None if it can."""
    if not isinstance(value, str):
        return "must be an ARN"
    try:
        parse(value)
    except ValueError as error:
        return str(error)
    return None
