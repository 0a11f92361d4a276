"""How a stack changes: change sets, updates in order of dependency, and what a failure leaves.

moto's own update changes only resources whose own lines changed, in no order, forgets outputs after
a change set, and leaves a failed stack half made. Here as in CloudFormation: a resource is looked
at after those it refers to, is updated when one of them was replaced, and a failure is rolled back.

moto makes a resource when it is first looked at, so that whoever describes a stack while it is
being made would make its resources a second time: requests to CloudFormation are answered one by
one.
"""

from __future__ import annotations

import logging
import threading
from typing import Any
from urllib.parse import urlsplit

from moto.cloudformation import models, parsing, responses, utils
from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.core.responses import ActionResult, EmptyResult
from moto.s3.models import s3_backends

from local.cloudformation.references import in_order, references

log = logging.getLogger(__name__)

KEPT = {"Retain", "RetainExceptOnCreate"}
LOOPBACK = {"127.0.0.1", "localhost"}


class ChangeSetNotFound(CloudFormationError):  # noqa: N818 - CloudFormation's own word
    """There is no such change set."""

    code = "ChangeSetNotFound"


def update(resources: Any, template: dict[str, Any], parameters: dict[str, str] | None) -> None:
    """Bring a stack's resources to a template: made or updated in order, then the rest removed."""
    before: dict[str, Any] = resources._resource_json_map  # noqa: SLF001 - moto's map of the stack
    _take(resources, template, parameters)
    after: dict[str, Any] = template["Resources"]
    touched: set[str] = set()
    for name in in_order(after):
        old_id = physical_id(made(resources, name))
        changed = before.get(name) != after[name]
        if old_id is None:
            _ = resources[name]
        elif changed or touched & set(references(after[name])):
            _change(resources, name)
        if physical_id(made(resources, name)) != old_id:
            touched.add(name)
    _remove(resources, {name: before[name] for name in before if name not in after})


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


def execute(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
    """Carry a change set out; its stack ends complete or rolled back, and an event says why."""
    change_set = find(self, change_set_name, stack_name)
    stack = self.stacks[change_set.stack_id]
    kind = change_set.change_set_type
    stack._add_stack_event(f"{kind}_IN_PROGRESS", resource_status_reason="User Initiated")  # noqa: SLF001
    change_set.execution_status = "EXECUTE_COMPLETE"
    stack.cross_stack_resources = stack.resource_map.cross_stack_resources = self.exports
    before = (stack.template, stack.template_dict, stack.parameters)
    try:
        update(stack.resource_map, change_set.template_dict, change_set.parameters)
    except Exception as error:  # noqa: BLE001 - whatever a resource says, the stack goes back
        _roll_back(stack, kind, before, error)
        return
    stack.template, stack.template_dict = change_set.template, change_set.template_dict
    stack.parameters = change_set.parameters or stack.parameters
    _export(self, stack)
    stack.status = f"{kind}_COMPLETE"
    stack._add_stack_event(stack.status)  # noqa: SLF001 - as moto does


CREATE_STACK = models.CloudFormationBackend.create_stack


def create_stack(self: Any, name: str, *given: Any, **more: Any) -> Any:
    """CreateStack, whose failure is the stack's status and not the request's."""
    before = set(self.stacks)
    try:
        return CREATE_STACK(self, name, *given, **more)
    except Exception as error:
        stack = next((self.stacks[each] for each in self.stacks if each not in before), None)
        if stack is None:  # refused before it began: a bad template, a name that is taken
            raise
        _forget_exports(self, stack)
        _roll_back(stack, "CREATE", (stack.template, stack.template_dict, stack.parameters), error)
        return stack


def _forget_exports(backend: Any, stack: Any) -> None:
    for name, export in list(backend.exports.items()):
        if export.exporting_stack_id == stack.stack_id:
            backend.exports.pop(name)


UPDATE_STACK = models.CloudFormationBackend.update_stack


def update_stack(self: Any, name: str, *given: Any, **more: Any) -> Any:
    """UpdateStack, where moto forgets what the stack exports that it did not before."""
    stack = self.get_stack(name)
    stack.cross_stack_resources = stack.resource_map.cross_stack_resources = self.exports
    UPDATE_STACK(self, name, *given, **more)
    _export(self, stack)
    return stack


def _export(backend: Any, stack: Any) -> None:
    """Show the stack's outputs as they are now, to its users and to other stacks."""
    for export in stack.exports:
        backend.exports.pop(export.name, None)
    stack.output_map = stack._create_output_map()  # noqa: SLF001 - moto makes it only once
    backend.exports.update({export.name: export for export in stack.exports})


def _roll_back(stack: Any, kind: str, before: tuple[Any, Any, Any], error: Exception) -> None:
    reason = str(getattr(error, "message", error))
    log.warning("stack %s: %s", stack.name, reason)
    stack._add_stack_event(f"{kind}_FAILED", resource_status_reason=reason)  # noqa: SLF001
    try:
        if kind == "CREATE":
            delete(stack.resource_map)
            _show_no_outputs(stack)
        else:
            update(stack.resource_map, before[1], before[2])
        ended = "COMPLETE"
    except Exception:
        log.exception("stack %s could not be rolled back", stack.name)
        ended = "FAILED"
    prefix = "" if kind == "CREATE" else "UPDATE_"
    stack.status = f"{prefix}ROLLBACK_{ended}"
    stack.stack_status_reason = reason
    stack._add_stack_event(stack.status, resource_status_reason=reason)  # noqa: SLF001


def _show_no_outputs(stack: Any) -> None:
    stack.output_map = parsing.OutputMap(stack.resource_map, {}, stack.stack_id)


def delete_stack(self: Any, name_or_stack_id: str) -> None:
    """Delete a stack; one with something that cannot be deleted stays, and its events say what."""
    wanted = {name_or_stack_id}
    for stack in [each for each in self.stacks.values() if wanted & {each.name, each.stack_id}]:
        if stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is"
                " enabled"
            )
        exports = [export.name for export in stack.exports]
        try:
            stack.delete()
        except Exception as error:  # noqa: BLE001 - whatever a resource says, the stack stays
            reason = str(getattr(error, "message", error))
            stack.status, stack.stack_status_reason = "DELETE_FAILED", reason
            stack._add_stack_event("DELETE_FAILED", resource_status_reason=reason)  # noqa: SLF001
            continue
        _show_no_outputs(stack)
        for name in exports:
            self.exports.pop(name, None)
        self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)


def find(backend: Any, name: str, stack_name: str | None = None) -> Any:
    """A change set by its ARN, or the newest of a stack by its name.

    Raises:
        ChangeSetNotFound: there is none.
    """
    for change_set in reversed(backend.change_sets.values()):
        named = change_set.change_set_name == name
        of_stack = stack_name in {None, change_set.stack_name, change_set.stack_id}
        if change_set.change_set_id == name or (named and of_stack):
            return change_set
    raise ChangeSetNotFound(f"ChangeSet [{name}] does not exist")


def template_at(url: str, account_id: str, partition: str) -> str:
    """A template's text from its URL, which on loopback has the bucket in its path."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    bucket, path = host.partition(".")[0], parts.path.lstrip("/")
    if host in LOOPBACK or (host.endswith("amazonaws.com") and host.startswith("s3")):
        bucket, _, path = path.partition("/")
    backend: Any = s3_backends[account_id][partition]
    return str(backend.get_object(bucket, path).value.decode())


ONE_BY_ONE = threading.RLock()
CALL_ACTION = responses.CloudFormationResponse.call_action


def call_action(self: Any) -> Any:
    """Answer a request to CloudFormation, once those before it are answered."""
    with ONE_BY_ONE:
        return CALL_ACTION(self)


def install() -> None:
    """Put these in moto's place."""
    places: list[tuple[Any, str, Any]] = [
        (parsing.ResourceMap, "update", update),
        (parsing.ResourceMap, "delete", delete),
        (models.CloudFormationBackend, "execute_change_set", execute),
        (models.CloudFormationBackend, "create_stack", create_stack),
        (models.CloudFormationBackend, "update_stack", update_stack),
        (models.CloudFormationBackend, "delete_stack", delete_stack),
        (responses.CloudFormationResponse, "call_action", call_action),
        (responses.CloudFormationResponse, "describe_change_set", _describe),
        (responses.CloudFormationResponse, "delete_change_set", _delete),
        (responses.CloudFormationResponse, "update_termination_protection", _protect),
        *((module, "get_stack_from_s3_url", template_at) for module in (models, responses, utils)),
    ]
    for owner, name, replacement in places:
        setattr(owner, name, replacement)


def _named(self: Any) -> Any:
    given = (self._get_param("ChangeSetName"), self._get_param("StackName"))
    return find(self.cloudformation_backend, *given)


def _describe(self: Any) -> Any:
    return ActionResult(_named(self))


def _delete(self: Any) -> Any:
    """Deleting one that is not there is no error (API reference, DeleteChangeSet)."""
    try:
        change_set = _named(self)
    except ChangeSetNotFound:
        return EmptyResult()
    del self.cloudformation_backend.change_sets[change_set.change_set_id]
    return EmptyResult()


def _protect(self: Any) -> Any:
    """UpdateTerminationProtection: whether DeleteStack is refused."""
    (stack,) = self.cloudformation_backend.describe_stacks(self._get_param("StackName"))
    wanted = str(self._get_param("EnableTerminationProtection"))
    stack.enable_termination_protection = wanted.lower() == "true"
    return ActionResult({"StackId": stack.stack_id})
