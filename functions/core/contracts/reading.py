"""Contracts from their files: Data Resources of the Data Package standard, version 2."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from functions.core.contracts.contract import NESTED, Columns, Contract, Contracts
from functions.core.contracts.field_reading import field_rules
from functions.core.counting.detection import MEDIA_TYPES, MEDIA_TYPES_OF
from functions.core.counting.formats.scanning.charsets import codec_of
from functions.core.counting.formats.scanning.table_dialect import DEFAULTS, table_dialect
from functions.core.errors import InvalidContract

if TYPE_CHECKING:
    from pathlib import Path

    from functions.core.contracts.fields import FieldRules

OURS: Final = "tally"
RESOURCE: Final = frozenset(
    {"name", "path", "schema", "encoding", "dialect", "format", "mediatype", OURS}
)
DESCRIPTIVE: Final = frozenset({"$schema", "title", "description", "type", "profile"})
"""For people and other tools; nothing here depends on it."""
SCHEMA: Final = frozenset(
    {"$schema", "fields", "fieldsMatch", "missingValues", "primaryKey", "uniqueKeys", "foreignKeys"}
)
"""All that Table Schema 2.0 names."""
LINE_ENDS: Final = ("\r\n", "\n", "\r")
"""A row ends with any of them, whichever is named."""
DIALECT: Final = frozenset(
    {"$schema", "header", "delimiter", "lineTerminator", "nullSequence", *DEFAULTS}
)
RULES: Final = frozenset(
    {"formats", "records", "maxBytes", "raggedRows", "expected", "rules", "delivery"}
)
WITH_COLUMNS: Final = frozenset({"csv", "tsv", "parquet", "avro"})
FORMATS: Final = WITH_COLUMNS | NESTED | {"txt", "log", "xlsx", "orc"}
MATCHES: Final = frozenset({"exact", "equal", "subset", "superset", "partial"})


def read_folder(folder: Path) -> Contracts:
    """The contracts of a folder: each `*.json` in it. A folder that is not there holds none.

    Raises:
        InvalidContract: with the file and what is wrong in it.
    """
    found: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.json")):
        contract = read_file(path)
        if contract.prefix in found:
            other = found[contract.prefix].name
            raise InvalidContract(f"{path.name}: contract {other} has the prefix, too")
        found[contract.prefix] = contract
    return Contracts(tuple(found.values()))


def read_file(path: Path) -> Contract:
    """The contract of a file.

    Raises:
        InvalidContract: with the file and what is wrong in it.
        OSError: it cannot be read.
    """
    try:
        return contract_of(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise InvalidContract(f"{path.name}: not JSON: {error}") from error
    except InvalidContract as error:
        raise InvalidContract(f"{path.name}: {error}") from error


def contract_of(resource: Any) -> Contract:
    """The contract that a parsed file says.

    Raises:
        InvalidContract: what is wrong, in one line.
    """
    _object(resource, "the contract", RESOURCE | DESCRIPTIVE)
    _must("name" in resource and "path" in resource, "name and path are needed")
    name, prefix = resource["name"], resource["path"]
    _must(isinstance(name, str) and name != "", "name must be a text")
    _must(name.isprintable(), "name must be one line")
    _must(isinstance(prefix, str) and prefix != "", "path must be a key prefix")
    rules = resource.get(OURS, {})
    _object(rules, OURS, RULES)
    columns = _columns(resource["schema"]) if "schema" in resource else None
    values = _values(resource, rules)
    formats = _formats(rules.get("formats"))
    if columns is not None:
        formats = _with_schema(formats, has_rules=values is not None)
    least, most = _range(rules.get("records", {}))
    ragged = rules.get("raggedRows", "warn")
    _must(ragged in ("warn", "reject"), "raggedRows must be warn or reject")
    return Contract(
        name=name,
        prefix=prefix,
        formats=formats,
        columns=columns,
        least_records=least or 0,
        most_records=most,
        most_bytes=_number(rules.get("maxBytes"), "maxBytes"),
        even_rows=ragged == "reject",
        expected_since=_expected(rules.get("expected")),
        field_rules=values,
        content_type=_content_type(resource),
        manifest=_manifest(rules.get("delivery")),
    )


def _content_type(resource: dict[str, Any]) -> str | None:
    """What the standard's own words say of how files are written, as a Content-Type."""
    format_name, media_type = resource.get("format"), resource.get("mediatype")
    known = format_name is None or format_name in MEDIA_TYPES_OF
    _must(known, f"format must be one of {', '.join(sorted(MEDIA_TYPES_OF))}")
    _must(media_type is None or media_type in MEDIA_TYPES, "mediatype is none of ours")
    parts = [media_type or MEDIA_TYPES_OF.get(format_name or "", "application/octet-stream")]
    encoding = resource.get("encoding")
    if encoding is not None:
        known = isinstance(encoding, str) and codec_of(encoding) is not None
        _must(known, "encoding must be a charset as browsers know it")
        parts.append(f"charset={encoding}")
    parts += _dialect(resource.get("dialect", {}))
    nothing = len(parts) == 1 and format_name is None and media_type is None
    return None if nothing else "; ".join(parts)


def _dialect(given: Any) -> list[str]:
    """The parameters that a Table Dialect comes to."""
    _object(given, "dialect", DIALECT)
    delimiter, header = given.get("delimiter"), given.get("header", True)
    ended = given.get("lineTerminator", LINE_ENDS[0]) in LINE_ENDS
    _must(ended, "dialect.lineTerminator must be a line end: \\r\\n, \\n or \\r")
    _must(isinstance(given.get("nullSequence", ""), str), "dialect.nullSequence must be a text")
    _must(isinstance(header, bool), "dialect.header must be true or false")
    parts = [] if delimiter is None else [f"delimiter={_quoted(_delimiter(delimiter))}"]
    parts += [] if header else ["header=absent"]
    try:
        found = table_dialect(given)
    except ValueError as error:
        raise InvalidContract(f"dialect.{error}") from error
    alone = delimiter is None or found.allows(delimiter)
    _must(alone, "dialect.delimiter must not be the quoteChar, the escapeChar or a skipped space")
    return parts + [f"{name}={_quoted(_text(value))}" for name, value in found.words().items()]


def _delimiter(given: Any) -> str:
    single = isinstance(given, str) and len(given) == 1 and given.isascii()
    _must(single and given not in '\r\n\0"', "dialect.delimiter must be one ASCII character")
    return str(given)


def _text(value: Any) -> str:
    """A word's value as a parameter."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _formats(given: Any) -> frozenset[str] | None:
    if given is None:
        return None
    _must(isinstance(given, list) and bool(given), "formats must be a list of formats")
    _must(all(isinstance(each, str) for each in given), "formats must be a list of formats")
    unknown = [each for each in given if each not in FORMATS]
    _must(not unknown, f"formats: {', '.join(unknown)} is none of ours")
    return frozenset(given)


def _values(resource: dict[str, Any], rules: dict[str, Any]) -> FieldRules | None:
    """The field rules; None where no value could be in breach."""
    if "schema" not in resource:
        _must("rules" not in rules, "tally.rules: there is no schema whose rules they are")
        return None
    return field_rules(resource["schema"], rules.get("rules", {})) or None


def _with_schema(formats: frozenset[str] | None, *, has_rules: bool) -> frozenset[str]:
    """The formats that a schema is for; those named, or all that have columns."""
    if formats is None:
        return WITH_COLUMNS
    if not has_rules:
        _must(formats <= WITH_COLUMNS, "a schema is for csv, tsv, parquet and avro only")
    _must(formats <= WITH_COLUMNS | NESTED, "types are for csv, tsv, parquet, jsonl and json only")
    return formats


def _columns(schema: Any) -> Columns:
    """The columns of a Table Schema."""
    _object(schema, "schema", SCHEMA)
    fields = schema.get("fields")
    _must(isinstance(fields, list) and bool(fields), "schema.fields must name the columns")
    _must(all(isinstance(each, dict) for each in fields), "schema.fields must be objects")
    names = tuple(each.get("name") for each in fields)
    _must(all(isinstance(name, str) for name in names), "each of schema.fields needs a name")
    _must(len(set(names)) == len(names), "schema.fields names a column twice")
    match = schema.get("fieldsMatch", "exact")
    match = match[0] if isinstance(match, list) and len(match) == 1 else match
    known = isinstance(match, str) and match in MATCHES
    _must(known, f"schema.fieldsMatch must be one of {', '.join(sorted(MATCHES))}")
    return Columns(names, frozenset(each["name"] for each in fields if _required(each)), match)


def _required(field: dict[str, Any]) -> bool:
    constraints = field.get("constraints", {})
    _must(isinstance(constraints, dict), "schema.fields: constraints must be an object")
    required = constraints.get("required", False)
    _must(isinstance(required, bool), "schema.fields: required must be true or false")
    return bool(required)


def _range(given: Any) -> tuple[int | None, int | None]:
    _object(given, "records", {"min", "max"})
    least, most = _number(given.get("min"), "records.min"), _number(given.get("max"), "records.max")
    _must(least is None or most is None or least <= most, "records.min is over records.max")
    return least, most


def _expected(given: Any) -> str | None:
    """`{"every": "day", "since": "YYYY-MM-DD"}`."""
    if given is None:
        return None
    _object(given, "expected", {"every", "since"})
    _must(given.get("every") == "day", 'expected.every must be "day"')
    try:
        return date.fromisoformat(given["since"]).isoformat()
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidContract("expected.since must be a day, YYYY-MM-DD") from error


def _manifest(given: Any) -> str | None:
    """`{"manifest": "*/manifest.json"}`."""
    if given is None:
        return None
    _object(given, "delivery", {"manifest"})
    pattern = given.get("manifest")
    named = isinstance(pattern, str) and pattern not in {"", "*"}
    _must(named, "delivery.manifest must be a pattern of the manifests' keys after the path")
    return str(pattern)


def _number(given: Any, name: str) -> int | None:
    whole = isinstance(given, int) and not isinstance(given, bool) and given >= 0
    _must(given is None or whole, f"{name} must be a whole number")
    return given if whole else None


def _object(given: Any, name: str, known: frozenset[str] | set[str]) -> None:
    _must(isinstance(given, dict), f"{name} must be an object")
    unknown = sorted(set(given) - known)
    _must(not unknown, f"{name}: unknown: {', '.join(unknown)}")


def _must(holds: bool, problem: str) -> None:  # noqa: FBT001 - a condition and what it means
    if not holds:
        # What was written in the file may hold line ends, and a problem is one line.
        raise InvalidContract(" ".join(problem.splitlines()))
