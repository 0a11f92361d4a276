"""One module for each kind of state; BODIES finds it by the state's Type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.states.choice import choice
from local.asl.states.map import map_
from local.asl.states.parallel import parallel
from local.asl.states.simple import fail, pass_, succeed
from local.asl.states.task import task
from local.asl.states.wait import wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from local.asl.runtime.exit import Exit
    from local.asl.runtime.visit import Visit

BODIES: dict[str, Callable[[Visit], Awaitable[Exit]]] = {
    "Choice": choice,
    "Fail": fail,
    "Map": map_,
    "Parallel": parallel,
    "Pass": pass_,
    "Succeed": succeed,
    "Task": task,
    "Wait": wait,
}
