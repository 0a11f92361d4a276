"""The executions before and after one, in the list that it was opened from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from ops.console.views.execution_pages import ExecutionFilter, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Execution

LOOKED_AT: Final = 1000
"""So many are looked through from the page of a list on."""
NEWEST: Final = 100
"""And so many of the newest where the execution was opened from no list: two short requests."""


@dataclass(frozen=True)
class Neighbours:
    """The ARNs of the next newer and the next older one; None at an end, or where it is too far."""

    newer: str | None = None
    older: str | None = None


def newest_of(deployment: Deployment, machine: str) -> Iterator[Execution]:
    """The newest executions of a state machine."""
    return islice(listed_from(deployment, ExecutionFilter(machine), None), NEWEST)


def listed_from(
    deployment: Deployment, wanted: ExecutionFilter, cursor: str | None
) -> Iterator[Execution]:
    """A list from a page of it on."""
    passed = 0
    while passed < LOOKED_AT:
        page = page_of(deployment, wanted, cursor)
        yield from page.executions
        passed += max(len(page.executions), 1)
        if page.next is None:
            return
        cursor = page.next


def neighbours(listed: Iterable[Execution], arn: str) -> Neighbours:
    """Those beside an execution in a list, the newest first."""
    newer = None
    following = iter(listed)
    for each in following:
        if each.arn == arn:
            older = next(following, None)
            return Neighbours(newer, older.arn if older else None)
        newer = each.arn
    return Neighbours()
