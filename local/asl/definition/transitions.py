"""Where states lead: targets that are not there, states that nothing reaches, machines without end.

Messages and places as measured by ValidateStateMachineDefinition in August and September 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.definition.location import Place
from local.asl.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = "MISSING_TRANSITION_TARGET"
ENDS = frozenset({"Succeed", "Fail"})


def problems_of_targets(scope: Place) -> Iterator[Problem]:
    """What is wrong with the way through the states of one scope."""
    states, start = scope.value["States"], scope.value.get("StartAt")
    if isinstance(start, str) and start not in states:
        yield scope.problem("StartAt", f"Missing 'Next' target: {start}", TARGET)
    for name, state in states.items():
        for target, where in _targets(Place(state, f"{scope.path}/States/{name}")):
            if target not in states:
                yield Problem(TARGET, f"Missing 'Next' target: {target}", where)
    reached = _reached(scope, start) if isinstance(start, str) else set(states)
    for name in states:
        if name not in reached:
            where = f"{scope.path}/States/{name}"
            yield Problem(TARGET, f'State "{name}" is not reachable.', where)


def _reached(scope: Place, start: str) -> set[str]:
    reached: set[str] = set()
    left = [start]
    while left:
        name = left.pop()
        if name not in reached and name in scope.value["States"]:
            reached.add(name)
            left += [target for target, _ in _targets(Place(scope.value["States"][name], ""))]
    return reached


def _targets(place: Place) -> Iterator[tuple[str, str]]:
    """Names of states that are gone to, each with its place."""
    if not isinstance(place.value, dict):
        return
    for field in ("Next", "Default"):
        if isinstance(place.value.get(field), str):
            yield place.value[field], f"{place.path}/{field}"
    for part in [*place.objects("Choices"), *place.objects("Catch")]:
        if isinstance(part.value.get("Next"), str):
            yield part.value["Next"], f"{part.path}/Next"


def endless(top: Place) -> bool:
    """Whether no state of the machine itself is an end; its inner scopes may have none."""
    states = [state for states in top.inner("States") for state in states.each()]
    return bool(states) and not any(
        state.value.get("End") is True or state.value.get("Type") in ENDS for state in states
    )
