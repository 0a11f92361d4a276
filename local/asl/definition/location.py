"""A value of a definition, and the path to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.asl.definition.value_rules import one_field
from local.asl.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.asl.definition.schema import Table

SCHEMA = "SCHEMA_VALIDATION_FAILED"
PROCESSORS = ("ItemProcessor", "Iterator")
"""What a Map's processor is called, and was called before; AWS takes either (see docs/local.md)."""


@dataclass(frozen=True)
class Place:
    """`path` is as in /States/Count/Retry[0]; of the whole definition it is empty."""

    value: Any
    path: str

    def here(self, message: str, code: str = SCHEMA) -> Problem:
        """A problem with this object itself."""
        return Problem(code, message, self.path or "/")

    def problem(self, field: str, message: str, code: str = SCHEMA) -> Problem:
        """A problem with one field."""
        return Problem(code, message, f"{self.path}/{field}")

    def fields(
        self,
        table: Table,
        required: tuple[str, ...] = (),
        jsonpath: frozenset[str] = frozenset(),
    ) -> Iterator[Problem]:
        """Fields that are unknown, missing, or have a value they must not.

        `jsonpath` are those that the object has in the other query language.
        """
        for field in [name for name in self.value if name in jsonpath]:
            yield self.here(other_language("JSONata", field, "JSONPath"))
        for field, value in self.value.items():
            if field not in table.keys() | jsonpath:
                yield self.here(f"Field '{field}' is not supported")
            elif field in table and (message := table[field](value)):
                yield self.problem(field, message)
        missing = [field for field in required if field not in self.value]
        if missing:
            yield self.here(f"These fields are required: [{', '.join(missing)}]")

    def exactly_one(self, *names: str) -> Iterator[Problem]:
        """The problem of an object that has none or several of these fields."""
        message = one_field(self.value, names)
        if message:
            yield self.here(message)

    def inner(self, field: str) -> list[Place]:
        """The object in a field, if there is one."""
        value = self.value.get(field)
        return [Place(value, f"{self.path}/{field}")] if isinstance(value, dict) else []

    def processors(self) -> list[Place]:
        """What a Map runs for each item, under the name of today or the deprecated one."""
        return [place for name in PROCESSORS for place in self.inner(name)]

    def each(self) -> list[Place]:
        """The objects in all fields of an object, as the states of a scope are."""
        return [place for name in self.value for place in self.inner(name)]

    def objects(self, field: str) -> list[Place]:
        """The objects in an array field."""
        values = self.value.get(field)
        if not isinstance(values, list):
            return []
        places = [Place(each, f"{self.path}/{field}[{index}]") for index, each in enumerate(values)]
        return [place for place in places if isinstance(place.value, dict)]

    def not_objects(self, field: str) -> Iterator[Problem]:
        """What stands in an array field where an object should."""
        values = self.value.get(field)
        for index, value in enumerate(values if isinstance(values, list) else ()):
            if not isinstance(value, dict):
                place = Place(value, f"{self.path}/{field}[{index}]")
                yield place.here("Expected value of type [OBJECT]")


def other_language(language: str, field: str, wanted: str) -> str:
    """How AWS refuses a field of the other query language, at the state that has it."""
    return (
        f"The QueryLanguage is set to '{language}', but field '{field}' is only supported for "
        f"the '{wanted}' QueryLanguage"
    )
