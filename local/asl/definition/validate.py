"""Goes through a definition and tells every problem with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl.definition import schema
from local.asl.definition.expression_rules import problems_of_strings
from local.asl.definition.location import SCHEMA, Place, other_language
from local.asl.definition.nested_objects import problems_of_parts
from local.asl.definition.transitions import TARGET, endless, problems_of_targets
from local.asl.definition.value_rules import NAME_LENGTH
from local.asl.definition.variable_scopes import shadowed
from local.asl.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

DOWNGRADED = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
NOT_RUN = "JSONPath is not run here: set QueryLanguage to JSONata"
KINDS = "Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map"


def problems_of(document: Any) -> list[Problem]:
    """Every problem of a definition; none means that it runs."""
    if not isinstance(document, dict):
        return [Problem(SCHEMA, "Definition must be a valid JSON object", "")]
    top = Place(document, "")
    return [*_Check(_language(document, "JSONPath")).machine(top), *shadowed(top)]


def _language(value: dict[str, Any], outer: str) -> str:
    """JSONPath by exactly that name alone: any other value is taken for JSONata (measured)."""
    if "QueryLanguage" not in value:
        return outer
    return "JSONPath" if value["QueryLanguage"] == "JSONPath" else "JSONata"


class _Check:
    """One definition; states inherit the machine's language, whatever a Map around them says."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.names: set[str] = set()
        self.labels: set[str] = set()

    def machine(self, top: Place) -> Iterator[Problem]:
        found = [*top.fields(schema.MACHINE, schema.SCOPE), *self.scope(top)]
        without_end = all(problem.code == TARGET for problem in found) and endless(top)
        for problem in found:
            # One that nothing can end in is not walked for what it reaches (measured).
            if not (without_end and problem.message.endswith("is not reachable.")):
                yield problem
        if without_end:
            yield Problem("MISSING_END_STATE", "Workflow has no terminal state", "")

    def scope(self, place: Place) -> Iterator[Problem]:
        states = place.value.get("States")
        if not isinstance(states, dict):
            return
        if not states:
            yield place.problem("States", "Value cannot be empty")
            return
        for name, state in states.items():
            inner = Place(state, f"{place.path}/States/{name}")
            yield from self._name(inner, name)
            yield from self._state(inner)
        yield from problems_of_targets(place)

    def _name(self, place: Place, name: str) -> Iterator[Problem]:
        if len(name) > NAME_LENGTH:
            text = f"Invalid State name: State exceeds the {NAME_LENGTH}-character limit"
            yield place.here(f"{text} allowed by the service", "INVALID_STATE_NAME")
        if not name:
            yield place.here("Invalid State name: it is empty", "INVALID_STATE_NAME")
        if name in self.names:
            yield place.here(f"Duplicate State name: {name}", "DUPLICATE_STATE_NAME")
        self.names.add(name)

    def _state(self, place: Place) -> Iterator[Problem]:
        if not isinstance(place.value, dict):
            yield place.here("Expected value of type [OBJECT]")
            return
        if "Type" not in place.value:
            yield place.here("These fields are required: [Type]")
            return
        kind = place.value["Type"]
        if not isinstance(kind, str) or kind not in schema.STATES:
            text = f"The field 'Type' should have one of these values: [{KINDS}]"
            yield place.problem("Type", text)
            return
        yield from self._fields(place, kind)
        if "Next" in schema.STATES[kind]:
            ways = {name: way for name, way in place.value.items() if way is not False}
            yield from Place(ways, place.path).exactly_one("Next", "End")
        if not self._is_jsonpath(place):
            yield from problems_of_parts(place, kind)
        yield from self._label(place)
        for inner in [*place.objects("Branches"), *place.processors()]:
            yield from self.scope(inner)

    def _fields(self, place: Place, kind: str) -> Iterator[Problem]:
        table, required = schema.STATES[kind], schema.REQUIRED.get(kind, ())
        jsonpath = schema.JSONPATH[kind]
        if _language(place.value, self.language) == "JSONata":
            yield from place.fields(table, required, jsonpath)
            yield from problems_of_strings(place)
            return
        yield from self._other_language(place)
        own = {name: value for name, value in place.value.items() if name not in jsonpath}
        yield from Place(own, place.path).fields(table, required)

    def _is_jsonpath(self, place: Place) -> bool:
        """Whether AWS reads the state as JSONPath; its parts then have other fields than here."""
        return {self.language, _language(place.value, self.language)} == {"JSONPath"}

    def _other_language(self, place: Place) -> Iterator[Problem]:
        """A state of JSONPath: what AWS refuses too, or that it is not run here."""
        if self.language == "JSONata":
            yield place.here(DOWNGRADED)
            return
        wrong = [name for name in schema.JSONATA if name in place.value]
        for name in wrong:
            yield place.here(other_language("JSONPath", name, "JSONata"))
        if not wrong:
            yield place.here(NOT_RUN)

    def _label(self, place: Place) -> Iterator[Problem]:
        label = place.value.get("Label")
        if isinstance(label, str) and label in self.labels:
            text = f"Duplicate Label name: {label}"
            yield place.problem("Label", text, "DUPLICATE_LABEL_NAME")
        if isinstance(label, str):
            self.labels.add(label)
