"""Names of variables that an inner scope must not assign.

Source: Step Functions guide, "Passing data between states with variables": what an outer scope
assigns, no scope inside of it may. The Assign of an outer Catch is not counted, because a machine
that has the same name there was taken by AWS (a recorded case of the conformance tests).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl.definition.location import Place
    from local.asl.model.errors import Problem


def shadowed(scope: Place, outer: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Every assignment to a variable that is assigned further out."""
    states = [state for states in scope.inner("States") for state in states.each()]
    for state in states:
        for part in [*_parts(state), *state.objects("Catch")]:
            for name in _assigned(part):
                if name in outer:
                    text = f"The variable name '{name}' was already defined in a parent scope."
                    yield part.problem(f"Assign/{name}", text, "DUPLICATE_VARIABLE_NAME")
    known = outer | {name for state in states for part in _parts(state) for name in _assigned(part)}
    for state in states:
        for inner in [*state.objects("Branches"), *state.processors()]:
            yield from shadowed(inner, known)


def _parts(state: Place) -> list[Place]:
    """A state, and its rules if it is a Choice."""
    return [state, *state.objects("Choices")]


def _assigned(part: Place) -> list[str]:
    return [name for place in part.inner("Assign") for name in place.value]
