"""How a stack changes, and what a failure leaves: it is rolled back, and its events say why.

moto forgets outputs after a change set, and leaves a failed stack half made.
"""

from __future__ import annotations

import logging
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError

from local.cloudformation.change_sets import find
from local.cloudformation.exports import refuse_to_delete_used_exports
from local.cloudformation.resources import delete, update

log = logging.getLogger(__name__)


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
        refuse_to_delete_used_exports(self, stack, change_set.template_dict)
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
