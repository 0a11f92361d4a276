"""The Open Data Contract Standard, version 3, read by its own package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ops.contract_sources.draft import whole_text
from ops.contract_sources.odcs_quality import of_property, of_schema
from ops.contract_sources.sql_types import kind_of

if TYPE_CHECKING:
    from open_data_contract_standard.model import (
        OpenDataContractStandard,
        SchemaObject,
        SchemaProperty,
        Server,
    )

    from ops.contract_sources.draft import Draft

KINDS: Final = {
    **{name: name for name in ("string", "date", "time", "number", "integer", "boolean")},
    "timestamp": "datetime",
    "object": "object",
    "array": "array",
    "map": "object",
}
COPIED: Final = (
    *("minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum"),
)
KNOWN: Final = frozenset({"format", "pattern", *COPIED})
FORMATS: Final = frozenset({"email", "uuid", "uri", "binary"})
MOMENTS: Final = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
"""Of a date's format, which is Java's; `'T'` is a text in it."""
ISO: Final = {"date": "yyyy-MM-dd", "datetime": "yyyy-MM-ddTHH:mm:ssZ", "time": "HH:mm:ss"}
FILES: Final = frozenset({"csv", "json", "jsonl", "parquet", "avro", "tsv", "txt"})
SECTIONS: Final = ("slaProperties",)
"""Parts that say something of the data which no contract of ours holds files to."""


def schemas(contract: OpenDataContractStandard) -> dict[str, SchemaObject]:
    """Its schema objects by name."""
    return {str(each.name): each for each in contract.schema_ or ()}


def prefix_of(contract: OpenDataContractStandard) -> str | None:
    """The key prefix that its first server on S3 names, as far as it is the same for all files."""
    servers = [each for each in contract.servers or () if each.type == "s3" and each.location]
    if not servers:
        return None
    path = re.sub(r"^s3[an]?://[^/]+/?", "", str(servers[0].location))
    fixed = re.split(r"[*{?\[]", path)[0]
    return fixed[: fixed.rfind("/") + 1] or None


def fill(draft: Draft, contract: OpenDataContractStandard, schema: SchemaObject) -> None:
    """Take over what it says of one schema object."""
    fields = [_field(draft, each) for each in schema.properties or ()]
    keys = [
        (each.primaryKeyPosition or 0, field["name"])
        for each, field in zip(schema.properties or (), fields, strict=True)
        if each.primaryKey
    ]
    if keys:
        draft.add_key([name for _, name in sorted(keys)], primary=True)
    for each in schema.quality or ():
        of_schema(draft, each)
    for server in [each for each in contract.servers or () if each.type == "s3"][:1]:
        _server(draft, server)
    for relationship in schema.relationships or ():
        draft.note(f"relationship to {relationship.to}")
    for name in SECTIONS:
        for said in getattr(contract, name) or ():
            draft.note(f"{name} {said.property}")


def _field(draft: Draft, said: SchemaProperty) -> dict[str, Any]:
    name = str(said.physicalName or said.name)
    kind = KINDS.get(said.logicalType or "") or kind_of(said.physicalType or "")
    if kind is None and (said.logicalType or said.physicalType):
        draft.note(f"{name}: type {said.logicalType or said.physicalType}", "any value will do")
    field = draft.add_field(name, kind or "any")
    _options(draft, field, said.logicalTypeOptions or {})
    if said.required:
        draft.constrain(field, "required", value=True)
    if said.unique:
        draft.constrain(field, "unique", value=True)
    if said.enum:
        draft.constrain(field, "enum", [each.value for each in said.enum])
    if said.properties or said.items:
        draft.note(f"{name}: what is inside of it")
    for each in said.quality or ():
        of_property(draft, field, each)
    for relationship in said.relationships or ():
        draft.note(f"{name}: relationship to {relationship.to}")
    return field


def _options(draft: Draft, field: dict[str, Any], options: dict[str, Any]) -> None:
    form = options.get("format")
    if form is not None:
        _format(draft, field, str(form))
    for word in COPIED:
        if word in options:
            draft.constrain(field, word, options[word])
    if "pattern" in options:
        draft.constrain(field, "pattern", whole_text(str(options["pattern"])))
    for word in sorted(set(options) - KNOWN):
        draft.note(f"{field['name']}: {word} {options[word]}")


def _format(draft: Draft, field: dict[str, Any], form: str) -> None:
    kind, plain = field["type"], form.replace("'", "")
    if plain == ISO.get(kind):
        return
    if kind == "string" and form in FORMATS:
        draft.set_in_field(field, "format", form)
    elif kind in ISO and not re.sub("|".join(MOMENTS), "", plain).strip(" -/.:T"):
        told = re.sub("|".join(MOMENTS), lambda found: MOMENTS[found[0]], plain)
        draft.set_in_field(field, "format", told)
    else:
        draft.note(f"{field['name']}: format {form}")


def _server(draft: Draft, server: Server) -> None:
    form = (server.format or "").lower()
    if form in FILES:
        draft.allow(["json", "jsonl"] if form == "json" else [form])
    elif form:
        draft.note(f"server format {server.format}")
    if server.delimiter and form == "csv":
        draft.say("dialect", {"delimiter": server.delimiter})
    if server.encoding:
        draft.say("encoding", server.encoding)
