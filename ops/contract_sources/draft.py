"""A contract in the making: what can be said goes in, what cannot is noted.

Whether a rule can be said is asked of Tally's own reading of contracts, and of nobody else: a rule
is put in, the contract is read, and the rule is taken out again if it is refused.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROFILE: Final = "https://datapackage.org/profiles/2.0/dataresource.json"
NO_COUNTERPART: Final = "has no counterpart"
ANCHORED: Final = ("^", "$")


class Draft:
    """A contract document, and a line for each thing that did not become part of it.

    `problem` says in one line what is wrong with a contract; None if nothing is.
    """

    def __init__(
        self, name: str, prefix: str, match: str, problem: Callable[[dict[str, Any]], str | None]
    ) -> None:
        self.notes: list[str] = []
        self._problem = problem
        self._schema: dict[str, Any] = {"fields": [], "fieldsMatch": match}
        self.document: dict[str, Any] = {
            "$schema": PROFILE,
            "name": name,
            "path": prefix,
            "schema": self._schema,
        }

    def note(self, what: str, why: str = NO_COUNTERPART) -> None:
        """Say that something was left out."""
        self.notes.append(f"{what}: {why}")

    def add_field(self, name: str, kind: str) -> dict[str, Any]:
        """Another field."""
        field = {"name": name, "type": kind}
        self._schema["fields"].append(field)
        return field

    def set_in_field(self, field: dict[str, Any], word: str, value: Any) -> bool:
        """Say something of a field's form; whether it can be said."""
        return self._set(field, word, value, f"{field['name']}.{word}")

    def constrain(
        self, field: dict[str, Any], word: str, value: Any, tolerance: Any = "reject"
    ) -> bool:
        """Put a constraint on a field, with its tolerance; whether it can be said."""
        constraints = field.setdefault("constraints", {})
        name = f"{field['name']}.{word}"
        done = self._set(constraints, word, value, name)
        if not constraints:
            del field["constraints"]
        return done and self.tolerate(name, tolerance)

    def tolerate(self, rule: str, tolerance: Any) -> bool:
        """Say what a rule tolerates: `warn`, or so many rows or percent."""
        if tolerance == "reject":
            return True
        return self._set(self.tally.setdefault("rules", {}), rule, tolerance, f"{rule} {tolerance}")

    def add_key(self, fields: Sequence[str], *, primary: bool = False) -> str | None:
        """A key of several fields; the name of its rule, or None if it cannot be said."""
        if primary:
            done = self._set(self._schema, "primaryKey", list(fields), "primaryKey")
            return "primaryKey" if done else None
        known = self._schema.get("uniqueKeys", [])
        done = self._set(self._schema, "uniqueKeys", [*known, list(fields)], "uniqueKeys")
        return f"uniqueKeys[{len(known)}]" if done else None

    def say(self, word: str, value: Any) -> bool:
        """Say something of the files: format, dialect, encoding; whether it can be said."""
        return self._set(self.document, word, value, word)

    def allow(self, formats: list[str]) -> bool:
        """Which formats files have; whether it can be said."""
        return self._set(self.tally, "formats", formats, f"format {' or '.join(formats)}")

    def expect_records(self, least: int | None, most: int | None) -> bool:
        """How many records a file has."""
        given = {"min": least, "max": most}
        wanted = {name: value for name, value in given.items() if value is not None}
        return self._set(self.tally, "records", wanted, "records")

    @property
    def tally(self) -> dict[str, Any]:
        """What the standard has no word for."""
        found: dict[str, Any] = self.document.setdefault("tally", {})
        return found

    def finished(self) -> dict[str, Any]:
        """The contract, without what stayed empty."""
        document = copy.deepcopy(self.document)
        tally = document.get("tally", {})
        if tally.get("rules") == {}:
            del tally["rules"]
        if tally == {}:
            document.pop("tally", None)
        return document

    def _set(self, place: dict[str, Any], word: str, value: Any, name: str) -> bool:
        before = copy.deepcopy(place)
        place[word] = value
        why = self._problem(self.finished())
        if why is None:
            return True
        place.clear()
        place.update(before)
        self.note(name, why)
        return False


def whole_text(pattern: str) -> str:
    """A pattern that is searched for, as one of the whole text, which is what Table Schema asks."""
    start, end = ANCHORED
    plain = "|" not in pattern and not pattern.endswith(f"\\{end}")
    before = "" if plain and pattern.startswith(start) else "(?s:.*)"
    after = "" if plain and pattern.endswith(end) else "(?s:.*)"
    inner = pattern
    if not before:
        inner = inner.removeprefix(start)
    if not after:
        inner = inner.removesuffix(end)
    return inner if not (before or after) else f"{before}(?:{inner}){after}"
