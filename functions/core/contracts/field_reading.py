"""Field rules from a contract's Table Schema; what is not known, or not checked, is refused."""

from __future__ import annotations

import re
from typing import Any, Final

from functions.core.contracts.fields import (
    DEFAULT_MISSING,
    PRIMARY_KEY,
    UNIQUE,
    UNIQUE_KEYS,
    Field,
    FieldRules,
    Tolerance,
)
from functions.core.contracts.literals import literal
from functions.core.errors import InvalidContract

DESCRIPTIVE: Final = frozenset(
    {"name", "type", "format", "title", "description", "example", "rdfType", "constraints"}
)
CATEGORIES: Final = frozenset({"categories", "categoriesOrdered"})
"""Labels of values, for people: what values there may be is said by `enum`."""
MISSING: Final = "missingValues"
BOUNDS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
LENGTHS: Final = frozenset({"minLength", "maxLength"})
ALWAYS: Final = frozenset({"required", UNIQUE, "enum"})
OPTIONS: Final[dict[str, frozenset[str]]] = {
    "any": frozenset(),
    "string": CATEGORIES,
    "number": frozenset({"decimalChar", "groupChar", "bareNumber"}),
    "integer": frozenset({"groupChar", "bareNumber"}) | CATEGORIES,
    "boolean": frozenset({"trueValues", "falseValues"}),
    "object": frozenset(),
    "array": frozenset(),
    "list": frozenset({"delimiter", "itemType"}),
    "datetime": frozenset(),
    "date": frozenset(),
    "time": frozenset(),
    "year": frozenset(),
    "yearmonth": frozenset(),
    "duration": frozenset(),
    "geopoint": frozenset(),
    "geojson": frozenset(),
}
"""The types of Table Schema 2.0, each with its own words."""
ORDERED: Final = frozenset(
    {"number", "integer", "datetime", "date", "time", "year", "yearmonth", "duration"}
)
MEASURED: Final = frozenset({"string", "object", "array", "list"})
FORMATS: Final[dict[str, frozenset[str]]] = {
    "string": frozenset({"email", "uri", "binary", "uuid"}),
    "datetime": frozenset({"any"}),
    "date": frozenset({"any"}),
    "time": frozenset({"any"}),
    "geopoint": frozenset({"array", "object"}),
    "geojson": frozenset({"topojson"}),
}
"""Beside `default`. Dates and times may also have a pattern, as C's strptime has it."""
PATTERNED: Final = frozenset({"datetime", "date", "time"})
DIRECTIVES: Final = re.compile(r"(?:[^%]|%[aAbBdHIjmMpSfyYz%])+")
ITEMS: Final = frozenset({"string", "integer", "boolean", "number", "datetime", "date", "time"})
UNLIKE: Final = re.compile(r"\(\?[=!<]|\\[1-9]|\\[icIC]|\[[^\]]*-\[")
"""Of XML Schema's and of Python's regular expressions: what DuckDB's (RE2) have not."""


def field_rules(schema: dict[str, Any], said: Any) -> FieldRules:
    """The rules of a schema whose fields are objects with names; `said` is `tally.rules`.

    Raises:
        InvalidContract: what is wrong, in one line.
    """
    _must(not schema.get("foreignKeys"), "schema.foreignKeys: files are judged one by one: drop it")
    missing = _missing(schema.get(MISSING, list(DEFAULT_MISSING)), "schema")
    fields = tuple(_field(each, missing) for each in schema["fields"])
    rules = FieldRules(fields, _keys(schema, {each.name for each in fields}))
    return FieldRules(rules.fields, rules.keys, _tolerances(said, set(rules.names())))


def _field(given: dict[str, Any], missing: tuple[str, ...]) -> Field:
    name = given["name"]
    kind, form = given.get("type", "any"), given.get("format", "default")
    at = f"schema.fields: {_plain(name)}"
    _must(isinstance(kind, str) and kind in OPTIONS, f"{at}: type must be one of {_list(OPTIONS)}")
    _must(isinstance(form, str) and _has_format(kind, form), f"{at}: {kind} has no such format")
    unknown = set(given) - DESCRIPTIVE - OPTIONS[kind] - {MISSING}
    _must(not unknown, f"{at}: unknown to {kind}: {_list(unknown)}")
    options = {word: value for word, value in given.items() if word in OPTIONS[kind] - CATEGORIES}
    for word, value in options.items():
        _must(_is_option(word, value), f"{at}: {word} has a value that it cannot have")
    own = _missing(given[MISSING], at) if MISSING in given else missing
    found = Field(name, kind, form, own, options, given.get("constraints", {}))
    for word, value in found.constraints.items():
        _constraint(found, word, value, f"{at}: {_plain(word)}")
    return found


def _has_format(kind: str, form: str) -> bool:
    if form == "default" or form in FORMATS.get(kind, ()):
        return True
    return kind in PATTERNED and "%" in form and DIRECTIVES.fullmatch(form) is not None


def _is_option(word: str, value: Any) -> bool:
    if word == "bareNumber":
        return isinstance(value, bool)
    if word in ("trueValues", "falseValues"):
        return _is_texts(value) and bool(value)
    if word == "itemType":
        return isinstance(value, str) and value in ITEMS
    return isinstance(value, str) and value != ""


def _constraint(field: Field, word: str, value: Any, at: str) -> None:
    _must(word != "jsonSchema", f"{at} is not checked: drop it")
    allowed = ALWAYS | (BOUNDS if field.type in ORDERED else frozenset())
    allowed |= LENGTHS if field.type in MEASURED else frozenset()
    allowed |= {"pattern"} if field.type == "string" else frozenset()
    _must(word in allowed, f"{at} is no constraint of {field.type}")
    if word in ("required", UNIQUE):
        _must(isinstance(value, bool), f"{at} must be true or false")
    elif word in LENGTHS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        _must(whole and value >= 0, f"{at} must be a whole number")
    elif word == "pattern":
        _must(isinstance(value, str) and _is_pattern(value), f"{at} must be a regular expression")
        _must(not UNLIKE.search(value), f"{at}: what looks around or refers back is not checked")
    elif word == "enum":
        _must(isinstance(value, list) and bool(value), f"{at} must be a list of values")
        _literals(field, value, at)
    else:
        _literals(field, [value], at)


def _literals(field: Field, values: list[Any], at: str) -> None:
    for value in values:
        try:
            literal(field, value)
        except ValueError as error:
            raise InvalidContract(f"{at}: {error}") from error


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _missing(given: Any, at: str) -> tuple[str, ...]:
    """Texts; or, in version 2, objects with a `value` and a `label`."""
    problem = f"{at}.{MISSING} must be a list of texts"
    _must(isinstance(given, list), problem)
    texts: list[Any] = [each.get("value") if isinstance(each, dict) else each for each in given]
    _must(_is_texts(texts), problem)
    return tuple(texts)


def _keys(schema: dict[str, Any], names: set[str]) -> dict[str, tuple[str, ...]]:
    found = {}
    primary = schema.get(PRIMARY_KEY, [])
    primary = [primary] if isinstance(primary, str) else primary
    unique = schema.get(UNIQUE_KEYS, [])
    _must(isinstance(unique, list), f"schema.{UNIQUE_KEYS} must be a list of lists")
    several = {f"{UNIQUE_KEYS}[{number}]": key for number, key in enumerate(unique)}
    for rule, key in {PRIMARY_KEY: primary, **several}.items():
        _must(_is_texts(key), f"schema.{rule} must be a list of fields")
        unknown = set(key) - names
        _must(not unknown, f"schema.{rule} names no field: {_list(unknown)}")
        found[rule] = tuple(key)
    return {rule: key for rule, key in found.items() if key}


def _tolerances(said: Any, names: set[str]) -> dict[str, Tolerance]:
    _must(isinstance(said, dict), "tally.rules must be an object")
    unknown = set(said) - names
    _must(not unknown, f"tally.rules: no rule of the schema: {_list(unknown)}")
    return {name: _tolerance(value, f"tally.rules: {_plain(name)}") for name, value in said.items()}


def _tolerance(given: Any, at: str) -> Tolerance:
    """`"reject"`, `"warn"`, `{"rows": 10}` or `{"percent": 0.5}`."""
    if given in ("reject", "warn"):
        return Tolerance(warn=given == "warn")
    problem = f'{at} must be "reject", "warn", {{"rows": N}} or {{"percent": N}}'
    _must(isinstance(given, dict) and len(given) == 1, problem)
    ((unit, most),) = given.items()
    number = isinstance(most, (int, float)) and not isinstance(most, bool)
    _must(unit in ("rows", "percent") and number and most >= 0, problem)
    if unit == "percent":
        return Tolerance(percent=float(most))
    _must(isinstance(most, int), problem)
    return Tolerance(rows=most)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _list(names: Any) -> str:
    return ", ".join(sorted(map(_plain, names)))


def _plain(name: str) -> str:
    """A name as part of a line."""
    return name if name.isprintable() else ascii(name)


def _must(holds: bool, problem: str) -> None:  # noqa: FBT001 - a condition and what it means
    if not holds:
        raise InvalidContract(problem)
