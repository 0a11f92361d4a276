"""Tags of state machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.arns import check_arn
from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from local.stepfunctions.keeping import InMemory
    from local.stepfunctions.store import Parameters, StateMachine, Store

MOST = 50
"""Tags of one resource (Step Functions guide, "Tagging")."""


class Tags:
    """The operations on tags."""

    def __init__(self, store: Store, keeper: InMemory) -> None:
        self.store = store
        self.keeper = keeper

    def tag(self, parameters: Parameters) -> dict[str, Any]:
        """TagResource."""
        machine = self._machine(parameters)
        machine.tags = tagged(machine.tags, parameters["tags"], machine.arn)
        self.keeper.machine(machine)
        return {}

    def untag(self, parameters: Parameters) -> dict[str, Any]:
        """UntagResource."""
        machine = self._machine(parameters)
        for key in parameters["tagKeys"]:
            machine.tags.pop(key, None)
        self.keeper.machine(machine)
        return {}

    def tags(self, parameters: Parameters) -> dict[str, Any]:
        """ListTagsForResource."""
        tags = self._machine(parameters).tags
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _machine(self, parameters: Parameters) -> StateMachine:
        arn = parameters["resourceArn"]
        check_arn(arn, "stateMachine")
        if arn not in self.store.machines:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return self.store.machines[arn]


def tagged(known: dict[str, str], given: Any, arn: str) -> dict[str, str]:
    """The known tags with the given ones.

    Raises:
        ApiError: TooManyTags.
    """
    tags = known | {tag.get("key", ""): tag.get("value", "") for tag in given}
    if len(tags) > MOST:
        raise ApiError("TooManyTags", f"Too many tags: '{arn}' may have {MOST}")
    return tags
