"""Exports that other stacks import: CloudFormation neither deletes nor forgets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudformation.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator


def refuse_to_delete_used_exports(backend: Any, stack: Any, template: dict[str, Any]) -> None:
    """Refuse a template that exports no more what another stack imports.

    Source: AWS CloudFormation User Guide, "Get exported outputs from a deployed stack".

    Raises:
        ValidationError: in CloudFormation's words.
    """
    gone = set(_exported(stack.template_dict)) - set(_exported(template))
    for other in backend.stacks.values():
        used = gone & set(_imported(other.template_dict)) if other is not stack else set()
        if used:
            text = f"Export {min(used)} cannot be deleted as it is in use by {other.name}"
            raise ValidationError(message=text)


def _exported(template: dict[str, Any]) -> Iterator[str]:
    for output in (template or {}).get("Outputs", {}).values():
        name = output.get("Export", {}).get("Name")
        if isinstance(name, str):
            yield name


def _imported(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _imported(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "Fn::ImportValue" and isinstance(value, str):
                yield value
            yield from _imported(value)
