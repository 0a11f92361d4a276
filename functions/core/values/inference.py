"""A Table Schema for files as they are: each column's narrowest type, and what is never missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from functions.core.contracts.field_reading import field_rules
from functions.core.values.checking import check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.core.values.checking import Checked
    from functions.core.values.relation import File

WITHOUT_ZEROS: Final = {
    "type": "string",
    "constraints": {"pattern": r"-?([1-9].*|0|0?[.eE].*|NaN|INF)"},
}
"""What is written with zeros in front is a code (a postal code, say) and no number."""
CANDIDATES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("integer", WITHOUT_ZEROS),
    ("integer", {"type": "integer"}),
    ("number", WITHOUT_ZEROS),
    ("number", {"type": "number"}),
    ("boolean", {"type": "boolean"}),
    ("date", {"type": "date"}),
    ("datetime", {"type": "datetime"}),
    ("time", {"type": "time"}),
    ("string", {"type": "string"}),
)
"""From the narrowest on; a type is that of a column if no value is in breach of its descriptors."""


def schema_of(files: Sequence[File]) -> dict[str, Any]:
    """The schema of files that have the same columns.

    Raises:
        InvalidFile: a file cannot be read by its rows.
    """
    names = files[0].counted.columns or ()
    fitting = [(kind, _fitting(files, names, descriptor)) for kind, descriptor in CANDIDATES]
    wrong_as = {
        kind: set[str]().union(*(wrong for each, (wrong, _) in fitting if each == kind))
        for kind, _ in CANDIDATES
    }
    nulls = fitting[-1][1][1]
    empty = {name for name in names if nulls[name] == sum(each.counted.records for each in files)}
    return {
        "fields": [
            _field(name, _type_of(name, wrong_as, empty), required=not nulls[name])
            for name in names
        ]
    }


def _type_of(name: str, wrong_as: dict[str, set[str]], empty: set[str]) -> str:
    """The first type that fits; a column without a value could be anything."""
    if name in empty:
        return "any"
    return next((kind for kind, wrong in wrong_as.items() if name not in wrong), "any")


def _fitting(
    files: Sequence[File], names: Sequence[str], descriptor: dict[str, Any]
) -> tuple[set[str], dict[str, int]]:
    """The columns with a value in breach of a descriptor, and how many values each column lacks."""
    rules = field_rules({"fields": [{"name": name, **descriptor} for name in names]}, {})
    found: list[Checked] = [check(file, rules) for file in files]
    wrong = {each.rule.rpartition(".")[0] for checked in found for each in checked.breaches}
    nulls = {name: sum(checked.profile[name]["nulls"] for checked in found) for name in names}
    return wrong, nulls


def _field(name: str, kind: str, *, required: bool) -> dict[str, Any]:
    constraints = {"constraints": {"required": True}} if required else {}
    return {"name": name, "type": kind, **constraints}
