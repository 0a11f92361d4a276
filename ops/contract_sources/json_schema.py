"""A JSON Schema of records: what it says of each member, as field rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ops.contract_sources.draft import whole_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.contract_sources.draft import Draft

FORMATS: Final = {
    "date": ("date", None),
    "date-time": ("datetime", None),
    "time": ("time", None),
    "duration": ("duration", None),
    "email": ("string", "email"),
    "uuid": ("string", "uuid"),
    "uri": ("string", "uri"),
}
COPIED: Final = (
    *("minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "enum"),
)
KNOWN: Final = frozenset({"type", "format", "pattern", "const", *COPIED})
DESCRIPTIVE: Final = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated"}
)
OF_RECORDS: Final = frozenset({"type", "properties", "required", "additionalProperties"})


def is_json_schema(document: Mapping[str, Any]) -> bool:
    """Whether a document looks like one."""
    return isinstance(_records(document).get("properties"), dict)


def match_of(document: Mapping[str, Any]) -> str:
    """How columns would match: members may be missing, and others there unless it is forbidden."""
    closed = _records(document).get("additionalProperties") is False
    return "superset" if closed else "partial"


def fill(draft: Draft, document: Mapping[str, Any]) -> None:
    """Take over what it says. It is of JSON: of lines, or an array, or one document."""
    schema = _records(document)
    required = schema.get("required", [])
    for name, said in schema["properties"].items():
        _field(draft, name, said if isinstance(said, dict) else {}, required=name in required)
    for word in sorted(set(schema) - OF_RECORDS - DESCRIPTIVE):
        draft.note(word)
    draft.allow(["json", "jsonl"])


def _records(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a record, of the schema of an array of them, too."""
    items = document.get("items")
    return items if document.get("type") == "array" and isinstance(items, dict) else document


def _field(draft: Draft, name: str, said: Mapping[str, Any], *, required: bool) -> None:
    field = _typed(draft, name, said)
    if required:
        draft.constrain(field, "required", value=True)
    for word in (each for each in COPIED if each in said):
        draft.constrain(field, word, said[word])
    if "const" in said:
        draft.constrain(field, "enum", [said["const"]])
    if "pattern" in said:
        draft.constrain(field, "pattern", whole_text(said["pattern"]))
    for word in sorted(set(said) - KNOWN - DESCRIPTIVE):
        draft.note(f"{name}.{word}")


def _typed(draft: Draft, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The field, with its type and its format."""
    kinds = said.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else [each for each in kinds if each != "null"]
    kind, form = FORMATS.get(said.get("format", ""), (None, None))
    field = draft.add_field(name, kind or (kinds[0] if len(kinds) == 1 else "any"))
    if len(kinds) > 1:
        draft.note(f"{name}.type", f"one of {', '.join(kinds)}: any value will do")
    if form is not None:
        draft.set_in_field(field, "format", form)
    if "format" in said and kind is None:
        draft.note(f"{name}.format {said['format']}")
    return field
