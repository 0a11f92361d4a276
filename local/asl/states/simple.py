"""Pass, Succeed and Fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.model.errors import StateError

if TYPE_CHECKING:
    from local.asl.runtime.exit import Exit
    from local.asl.runtime.visit import Visit


async def pass_(visit: Visit) -> Exit:
    """Hand the input on, or what Output makes of it."""
    return visit.leave(visit.input)


async def succeed(visit: Visit) -> Exit:
    """End the branch well."""
    return visit.leave(visit.input)


async def fail(visit: Visit) -> Exit:
    """End the execution with the state's own error.

    Raises:
        StateError: always.
    """
    raise StateError(visit.text("Error"), visit.text("Cause"))
