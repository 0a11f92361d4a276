"""A value of a definition, and the path to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.asl.definition.schema import JSONPATH, Table
from local.asl.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "SCHEMA_VALIDATION_FAILED"


@dataclass(frozen=True)
class Place:
    """`path` is as in /States/Count/Retry/0; of the whole definition it is empty."""

    value: Any
    path: str

    def problem(self, field: str, message: str, code: str = SCHEMA) -> Problem:
        """A problem with one field."""
        return Problem(code, f"{field} {message}", f"{self.path}/{field}")

    def fields(self, table: Table, required: tuple[str, ...] = ()) -> Iterator[Problem]:
        """Fields that are unknown, missing, or have a value they must not."""
        for field, value in self.value.items():
            if field not in table:
                yield self._unknown(field)
            elif message := table[field](value):
                yield self.problem(field, message)
        for field in required:
            if field not in self.value:
                yield self.problem(field, "is missing")

    def _unknown(self, field: str) -> Problem:
        if field.endswith(".$") or field in JSONPATH:
            return self.problem(field, "is JSONPath, which is not run here")
        return Problem(SCHEMA, f"Field '{field}' is not supported", self.path)

    def inner(self, field: str) -> list[Place]:
        """The object in a field, if there is one."""
        value = self.value.get(field)
        return [Place(value, f"{self.path}/{field}")] if isinstance(value, dict) else []

    def each(self) -> list[Place]:
        """The objects in all fields of an object, as the states of a scope are."""
        return [place for name in self.value for place in self.inner(name)]

    def objects(self, field: str) -> list[Place]:
        """The objects in an array field."""
        values = self.value.get(field)
        if not isinstance(values, list):
            return []
        places = [Place(each, f"{self.path}/{field}/{index}") for index, each in enumerate(values)]
        return [place for place in places if isinstance(place.value, dict)]

    def not_objects(self, field: str) -> Iterator[Problem]:
        """What stands in an array field where an object should."""
        values = self.value.get(field)
        for index, value in enumerate(values if isinstance(values, list) else ()):
            if not isinstance(value, dict):
                yield Problem(SCHEMA, "must be an object", f"{self.path}/{field}/{index}")
