"""Change sets by their names, and their API."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import CloudFormationError
from moto.core.responses import ActionResult, EmptyResult


class ChangeSetNotFound(CloudFormationError):  # noqa: N818 - CloudFormation's own word
    """There is no such change set."""

    code = "ChangeSetNotFound"


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


def _named(self: Any) -> Any:
    given = (self._get_param("ChangeSetName"), self._get_param("StackName"))
    return find(self.cloudformation_backend, *given)


def describe(self: Any) -> Any:
    """DescribeChangeSet."""
    return ActionResult(_named(self))


def delete(self: Any) -> Any:
    """Deleting one that is not there is no error (API reference, DeleteChangeSet)."""
    try:
        change_set = _named(self)
    except ChangeSetNotFound:
        return EmptyResult()
    del self.cloudformation_backend.change_sets[change_set.change_set_id]
    return EmptyResult()
