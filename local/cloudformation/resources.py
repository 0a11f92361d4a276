"""The resources of a stack: made, changed and removed in the order of what refers to what.

moto's own update changes only resources whose own lines changed, in no order. Here as in
CloudFormation: a resource is looked at after those it refers to, and is updated when one of them
was replaced.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from local.cloudformation.references import attributes, in_order, references

KEPT = {"Retain", "RetainExceptOnCreate"}


def update(resources: Any, template: dict[str, Any], parameters: dict[str, str] | None) -> None:
    """Bring a stack's resources to a template: made or updated in order, then the rest removed."""
    before: dict[str, Any] = resources._resource_json_map  # noqa: SLF001 - moto's map of the stack
    _take(resources, template, parameters)
    after: dict[str, Any] = template["Resources"]
    touched: set[str | tuple[str, str]] = set()
    for name in in_order(after):
        old_id, old = physical_id(made(resources, name)), _attributes(made(resources, name))
        changed = before.get(name) != after[name]
        if old_id is None:
            _ = resources[name]
        elif changed or touched & {*references(after[name]), *attributes(after[name])}:
            _change(resources, name)
        if physical_id(made(resources, name)) != old_id:
            touched.add(name)
        new = _attributes(made(resources, name))
        touched |= {(name, each) for each in new if new[each] != old.get(each)}
    _remove(resources, {name: before[name] for name in before if name not in after})
    _remove_replaced(resources, after)


def _attributes(resource: Any) -> dict[str, str]:
    """What `Fn::GetAtt` answers for a resource of ours, as it is now."""
    return dict(getattr(resource, "attributes", {}))


def _remove_replaced(resources: Any, template: dict[str, Any]) -> None:
    """Remove the old ones of what was replaced, now that nothing refers to them any more."""
    for name, lines in template.items():
        resource = made(resources, name)
        old = getattr(resource, "replaced", None)
        if old is not None:
            resource.replaced = None
            if lines.get("UpdateReplacePolicy") not in KEPT:
                old.delete()


def delete(resources: Any) -> None:
    """Remove a stack's resources, those first that others do not need."""
    _remove(resources, resources._resource_json_map)  # noqa: SLF001 - as above
    # moto makes a resource when it is looked at, so that looking would bring the stack back.
    resources._resource_json_map = {}  # noqa: SLF001 - as above


def made(resources: Any, name: str) -> Any:
    """A resource that exists, or None."""
    return resources._parsed_resources.get(name)  # noqa: SLF001 - as above


def physical_id(resource: Any) -> str | None:
    """What `Ref` answers for a made resource."""
    return getattr(resource, "physical_resource_id", None)


def _take(resources: Any, template: dict[str, Any], parameters: dict[str, str] | None) -> None:
    resolved = resources.resolved_parameters
    resources._template = template  # noqa: SLF001 - as above
    resources._resource_json_map = template["Resources"]  # noqa: SLF001 - as above
    if parameters:
        # "Use the previous value" comes as the value of an SSM parameter, not as its name.
        slots = template.get("Parameters", {})
        resources.input_parameters = {
            name: value
            for name, value in parameters.items()
            if not (
                slots.get(name, {}).get("Type", "").startswith("AWS::SSM::")
                and value == resolved.get(name)
            )
        }
    resources.load()


def _change(resources: Any, name: str) -> None:
    """Update one resource; one that has no update is replaced."""
    template = resources._resource_json_map[name]  # noqa: SLF001 - as above
    account, region = resources._account_id, resources._region_name  # noqa: SLF001 - as above
    result = parsing.parse_and_update_resource(name, template, resources, account, region)
    if result is None:
        old = resources._parsed_resources.pop(name)  # noqa: SLF001 - as above
        resources._delete_resource(old, template)  # noqa: SLF001 - as above
        result = resources[name]
    resources._parsed_resources[name] = result  # noqa: SLF001 - as above


def _remove(resources: Any, gone: dict[str, Any]) -> None:
    problems = []
    for name in reversed(list(in_order(gone))):
        resource = made(resources, name)
        if resource is None:
            continue
        if gone[name].get("DeletionPolicy") not in KEPT:
            try:
                resources._delete_resource(resource, gone[name])  # noqa: SLF001 - as above
            except Exception as error:  # noqa: BLE001 - the others are removed all the same
                problems.append(f"{name}: {error}")
                continue
        resources._parsed_resources.pop(name)  # noqa: SLF001 - as above
    if problems:
        raise ValidationError(message=f"could not be deleted: {'; '.join(problems)}")
