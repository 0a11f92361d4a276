"""Policies of roles and resources evaluated (IAM guide, "Policy evaluation logic").

Only what is used is understood; a condition operator that is not is refused, never passed over.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Document = dict[str, Any]


@dataclass(frozen=True)
class AccessRequest:
    """A request to decide on: "s3:GetObject", the resource's ARN, the condition keys' values.

    A resource of None is one that is not known: then the action alone decides, and a denial has
    to be of every resource.
    """

    action: str
    resource: str | None
    context: Mapping[str, str]


def allows(documents: Iterable[Document], request: AccessRequest) -> bool:
    """Whether the policies allow it: some statement does, and none denies it."""
    allowed = False
    for document in documents:
        for statement in _list(document.get("Statement", ())):
            if applies(statement, request):
                if statement["Effect"] == "Deny":
                    return False
                allowed = True
    return allowed


def admits(document: Document, service: str, request: AccessRequest) -> bool:
    """Whether a resource's own policy lets a service of AWS do it."""
    statements = [
        each for each in _list(document.get("Statement", ())) if _is_principal(each, service)
    ]
    return allows([{"Statement": statements}], request)


def _is_principal(statement: Document, service: str) -> bool:
    principal = statement["Principal"]
    if isinstance(principal, str):
        return principal == "*"
    everybody = "*" in _list(principal.get("AWS", ()))
    return everybody or service in _list(principal.get("Service", ()))


def applies(statement: Document, request: AccessRequest) -> bool:
    """Whether a statement speaks of this action, resource and circumstances."""
    return (
        any(
            _like(pattern.lower(), request.action.lower()) for pattern in _list(statement["Action"])
        )
        and _speaks_of(request.resource, statement)
        and all(
            _holds(operator, values, request.context)
            for operator, values in statement.get("Condition", {}).items()
        )
    )


def _speaks_of(resource: str | None, statement: Document) -> bool:
    patterns = _list(statement["Resource"])
    if resource is None:
        return statement["Effect"] == "Allow" or "*" in patterns
    return any(_like(pattern, resource) for pattern in patterns)


def _holds(operator: str, wanted: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    like = {"StringLike", "ArnLike", "ArnEquals"}
    equal = {"StringEquals", "Bool"}
    if operator not in like and operator not in equal:
        raise ValueError(f"the condition operator {operator} is not evaluated here")
    lowered = {name.lower(): value for name, value in context.items()}
    for key, values in wanted.items():
        value = lowered.get(key.lower())
        if value is None:
            return False
        if not any(
            (_like(each, value) if operator in like else each == value) for each in _list(values)
        ):
            return False
    return True


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _like(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` and `?` are wildcards; everything else, brackets too, stands for itself."""
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")), re.DOTALL)
