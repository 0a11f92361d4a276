"""dbt's schema.yml: a model's, seed's or source table's columns, constraints and data tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ops.contract_sources.sql_types import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.contract_sources.draft import Draft

LISTS: Final = ("models", "seeds", "snapshots")
TESTS: Final = ("tests", "data_tests")


def tables(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Its tables by name."""
    found = [each for name in LISTS for each in document.get(name) or ()]
    found += [table for each in document.get("sources") or () for table in each.get("tables") or ()]
    return {str(each.get("name")): each for each in found}


def match_of(table: Mapping[str, Any]) -> str:
    """How columns match: an enforced contract names all of them, in any order."""
    config = table.get("config") or {}
    return "equal" if (config.get("contract") or {}).get("enforced") is True else "subset"


def fill(draft: Draft, table: Mapping[str, Any]) -> None:
    """Take over what it says."""
    fields = {}
    for column in table.get("columns") or ():
        name, sql_type = str(column.get("name")), column.get("data_type")
        kind = kind_of(sql_type) if sql_type else None
        if sql_type and kind is None:
            draft.note(f"{name}.data_type {sql_type}", "is not known: any value will do")
        fields[name] = draft.add_field(name, kind or "any")
    for column in table.get("columns") or ():
        field = fields[str(column.get("name"))]
        for constraint in column.get("constraints") or ():
            _rule(draft, field, constraint.get("type"), constraint)
        for kind, options in _tests(column):
            _rule(draft, field, kind, options)
    for constraint in table.get("constraints") or ():
        _of_table(draft, constraint)
    for kind, _ in _tests(table):
        draft.note(f"test {kind}")


def _tests(place: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names of tests and what they are given; since dbt 1.10 that is below `arguments`."""
    for each in (test for name in TESTS for test in place.get(name) or ()):
        if isinstance(each, str):
            yield each, {}
            continue
        ((kind, options),) = each.items() if len(each) == 1 else ((each.get("test_name"), each),)
        options = options or {}
        yield str(kind), {**options, **(options.get("arguments") or {})}


def _rule(draft: Draft, field: dict[str, Any], kind: Any, options: Mapping[str, Any]) -> None:
    config = {**options, **(options.get("config") or {})}
    tolerance = "warn" if str(config.get("severity", "error")).lower() == "warn" else "reject"
    name = f"{field['name']}: {kind}"
    for word in ("where", "error_if", "warn_if"):
        if word in config:
            draft.note(f"{name} {word} {config[word]}", "is not taken over")
    if kind == "not_null":
        draft.constrain(field, "required", value=True, tolerance=tolerance)
    elif kind == "unique":
        draft.constrain(field, "unique", value=True, tolerance=tolerance)
    elif kind == "accepted_values":
        draft.constrain(field, "enum", options.get("values"), tolerance)
    elif kind == "primary_key":
        draft.add_key([field["name"]], primary=True)
    else:
        draft.note(name)


def _of_table(draft: Draft, constraint: Mapping[str, Any]) -> None:
    kind, columns = constraint.get("type"), constraint.get("columns") or []
    if kind in {"primary_key", "unique"} and columns:
        draft.add_key([str(each) for each in columns], primary=kind == "primary_key")
    else:
        draft.note(f"constraint {kind}")
