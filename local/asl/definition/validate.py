"""Goes through a definition and tells every problem with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl.definition import schema
from local.asl.definition.expression_rules import problems_of_strings
from local.asl.definition.location import SCHEMA, Place
from local.asl.definition.nested_objects import problems_of_parts
from local.asl.definition.value_rules import NAME_LENGTH
from local.asl.definition.variable_scopes import shadowed
from local.asl.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = "MISSING_TRANSITION_TARGET"


def problems_of(document: Any) -> list[Problem]:
    """Every problem of a definition; none means that it runs."""
    if not isinstance(document, dict):
        return [Problem(SCHEMA, "a state machine must be a JSON object", "")]
    top = Place(document, "")
    seen: set[str] = set()
    language = document.get("QueryLanguage", "JSONPath")
    found = [*top.fields(schema.MACHINE), *_scope(top, language, seen), *shadowed(top)]
    return found or list(_endless(top))


def _scope(place: Place, language: Any, seen: set[str]) -> Iterator[Problem]:
    states = place.value.get("States")
    if not isinstance(states, dict) or not states:
        yield place.problem("States", "must be an object with at least one state")
        return
    start = place.value.get("StartAt")
    if not isinstance(start, str) or start not in states:
        yield place.problem("StartAt", "must name a state", TARGET)
    reached = {start} if isinstance(start, str) else set()
    for name, state in states.items():
        inner = Place(state, f"{place.path}/States/{name}")
        yield from _name(inner, name, seen)
        reached |= {target for target, _ in _targets(inner)}
        yield from _state(inner, states, language, seen)
    for name in states:
        if name not in reached:
            where = f"{place.path}/States/{name}"
            yield Problem(TARGET, f'State "{name}" is not reachable.', where)


def _name(place: Place, name: str, seen: set[str]) -> Iterator[Problem]:
    if not name or len(name) > NAME_LENGTH:
        yield Problem(SCHEMA, f"a state's name has 1 to {NAME_LENGTH} characters", place.path)
    if name in seen:
        yield Problem("DUPLICATE_STATE_NAME", f'Duplicate State name: "{name}"', place.path)
    seen.add(name)


def _state(place: Place, states: Any, language: Any, seen: set[str]) -> Iterator[Problem]:
    if not isinstance(place.value, dict):
        yield Problem(SCHEMA, "a state must be an object", place.path)
        return
    kind = place.value.get("Type")
    if not isinstance(kind, str) or kind not in schema.STATES:
        yield place.problem("Type", f"is none that is known: {kind!r}")
        return
    outer, language = language, place.value.get("QueryLanguage", language)
    if language != "JSONata":
        yield Problem(SCHEMA, _wrong_language(outer), place.path)
    yield from place.fields(schema.STATES[kind], schema.REQUIRED.get(kind, ()))
    yield from problems_of_strings(place)
    yield from _transitions(place, states, kind)
    yield from problems_of_parts(place, kind)
    for scope in _inner_scopes(place):
        yield from _scope(scope, language, seen)


def _wrong_language(outer: Any) -> str:
    if outer == "JSONata":
        return "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
    return "QueryLanguage must be JSONata; JSONPath is not run here"


def _transitions(place: Place, states: Any, kind: str) -> Iterator[Problem]:
    for target, where in _targets(place):
        if target not in states:
            yield Problem(TARGET, f"Missing 'Next' target: {target}", where)
    flows = "Next" in schema.STATES[kind]
    if flows and ("Next" in place.value) == (place.value.get("End") is True):
        yield Problem(SCHEMA, "needs either Next or End: true", place.path)


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


def _inner_scopes(place: Place) -> Iterator[Place]:
    yield from place.objects("Branches")
    yield from place.inner("ItemProcessor")


def _endless(scope: Place) -> Iterator[Problem]:
    """The scopes of a definition, which has no other problem, that no execution can end in."""
    states = [state for states in scope.inner("States") for state in states.each()]
    if all(state.value.get("Next") or state.value["Type"] == "Choice" for state in states):
        yield Problem("MISSING_END_STATE", "Workflow has no terminal state", scope.path)
    for state in states:
        for inner in _inner_scopes(state):
            yield from _endless(inner)
