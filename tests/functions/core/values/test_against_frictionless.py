"""Field rules by DuckDB give the verdicts of Frictionless, the Data Package standard's own library.

Where the two differ, the standard's text decides, and the case is listed with what it says.
"""

from itertools import chain

import duckdb
import frictionless
import pytest

from functions.core.contracts.field_reading import field_rules
from functions.core.values import sql
from functions.core.values.compiled import FIRST_ROWS, compiled
from functions.core.values.relation import Cells, Relation

NUMBERS = ["1", "-1", "+1", "01", "1.5", ".5", "5.", "1e3", "1E-3", "NaN", "INF", "-INF", "", "x"]
NUMBERS += [
    "1_000",
    "\u0661",
    "1,5",
    "1 000",
    " 7 ",
    "0x10",
    "1.2.3",
    "--1",
    "1e",
    "9" * 40,
    "$5",
    "5%",
    "1.000,5",
]
DATES = ["2026-11-28", "2026-02-29", "2024-02-29", "2026-13-01", "28/11/2026", "x", "", "2026-11"]
DATES += ["28.11.2026", "31/04/2026", "2026-11-28T00:00:00", "20261128", "2026-1-5"]
TIMES = ["12:30:00", "24:00:01", "12:60:00", "12:30", "12:30:00Z", "12:30:00.5", "x", "123000"]
MOMENTS = ["2026-11-28T12:30:00", "2026-11-28T12:30:00Z", "2026-11-28T12:30:00+01:00", "x", ""]
MOMENTS += ["2026-02-30T12:30:00", "2026-11-28T25:00:00", "2026-11-28", "2026-11-28T12:30"]
MOMENTS += ["2026-11-28T12:30:00.123", "28/11/2026 12:30"]
TEXTS = ["", "a", "abc", "ABC-1", "\u00e9\u20ac", "a b", "x" * 20, "NA", "-", "it's", 'say "x"']
EMAILS = ["a@example.com", "a.b+c@example.co.uk", "a", "a@", "@example.com", "a b@example.com", ""]
URIS = ["https://example.com/a?b=c", "urn:isbn:1", "mailto:a@example.com", "example.com", "//a/b"]
UUIDS = ["123e4567-e89b-12d3-a456-426614174000", "123e4567", "x" * 36, "-" * 36, ""]
BASE64 = ["YQ==", "YWJj", "YQ=", "Y", ""]
BOOLEANS = ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0", "yes", "no", "t", "2", ""]
JSON = ['{"a": 1}', "{}", "[]", "[1, 2]", "1", "{", '"a"', "null", "", '{"a": 1, "b": 2}']
POINTS = [
    "90.5, 45.5",
    "90,45",
    "181,0",
    "0,91",
    "a,b",
    "1",
    "[90.5, 45.5]",
    '{"lon": 1, "lat": 2}',
]
GEOJSON = ['{"type": "Point", "coordinates": [1, 2]}', '{"type": "X"}', "{}", "x", "[]"]
DURATIONS = [
    "P1Y",
    "P1M",
    "P1DT2H",
    "PT0.5S",
    "P",
    "PT",
    "1D",
    "-P1D",
    "P1H",
    "P2W",
    "x",
    "P1Y2M3D",
]
MONTHS = ["2026-11", "2026-13", "2026-00", "2026", "26-11", "2026-1", "x", ""]
YEARS = ["2026", "0001", "26", "-100", "20261", "x", ""]
LISTS = ["a,b", "1,2", "1,x", "", "1", "1;2", "2026-01-01,2026-02-02"]

CASES = {
    "number": ({"type": "number"}, NUMBERS),
    "decimalChar": ({"type": "number", "decimalChar": ","}, NUMBERS),
    "groupChar": ({"type": "number", "groupChar": ","}, NUMBERS),
    "both": ({"type": "number", "groupChar": ".", "decimalChar": ","}, NUMBERS),
    "bareNumber": ({"type": "number", "bareNumber": False}, [*NUMBERS, "EUR 5.5", "5 km"]),
    "minimum": ({"type": "number", "constraints": {"minimum": 1}}, NUMBERS),
    "exclusiveMaximum": ({"type": "number", "constraints": {"exclusiveMaximum": 1.5}}, NUMBERS),
    "number enum": ({"type": "number", "constraints": {"enum": [1, 1.5, "5"]}}, NUMBERS),
    "integer": ({"type": "integer"}, NUMBERS),
    "bare integer": ({"type": "integer", "bareNumber": False}, [*NUMBERS, "EUR 5", "5 km"]),
    "maximum": ({"type": "integer", "constraints": {"maximum": 1}}, NUMBERS),
    "exclusiveMinimum": ({"type": "integer", "constraints": {"exclusiveMinimum": -1}}, NUMBERS),
    "integer enum": ({"type": "integer", "constraints": {"enum": [1, 7]}}, NUMBERS),
    "boolean": ({"type": "boolean"}, BOOLEANS),
    "trueValues": (
        {"type": "boolean", "trueValues": ["yes", "t"], "falseValues": ["no", "0"]},
        BOOLEANS,
    ),
    "string": ({"type": "string"}, TEXTS),
    "required": ({"type": "string", "constraints": {"required": True}}, TEXTS),
    "missingValues": (
        {"type": "string", "missingValues": ["NA", "-"], "constraints": {"required": True}},
        TEXTS,
    ),
    "minLength": ({"type": "string", "constraints": {"minLength": 3}}, TEXTS),
    "maxLength": ({"type": "string", "constraints": {"maxLength": 3}}, TEXTS),
    "pattern": ({"type": "string", "constraints": {"pattern": "[A-Z]+-[0-9]|a.*"}}, TEXTS),
    "enum": ({"type": "string", "constraints": {"enum": ["a", "it's", 'say "x"']}}, TEXTS),
    "email": ({"type": "string", "format": "email"}, EMAILS),
    "uri": ({"type": "string", "format": "uri"}, URIS),
    "uuid": ({"type": "string", "format": "uuid"}, UUIDS),
    "binary": ({"type": "string", "format": "binary"}, BASE64),
    "date": ({"type": "date"}, DATES),
    "date pattern": ({"type": "date", "format": "%d/%m/%Y"}, DATES),
    "date minimum": ({"type": "date", "constraints": {"minimum": "2026-01-01"}}, DATES),
    "pattern minimum": (
        {"type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "29.11.2026"}},
        DATES,
    ),
    "time": ({"type": "time"}, TIMES),
    "time pattern": ({"type": "time", "format": "%H:%M"}, TIMES),
    "time maximum": ({"type": "time", "constraints": {"maximum": "12:00:00"}}, TIMES[:4]),
    "datetime": ({"type": "datetime"}, MOMENTS),
    "datetime pattern": ({"type": "datetime", "format": "%d/%m/%Y %H:%M"}, MOMENTS),
    "datetime maximum": (
        {"type": "datetime", "constraints": {"maximum": "2026-11-28T12:00:00Z"}},
        MOMENTS[1:3],
    ),
    "year": ({"type": "year", "constraints": {"minimum": 2000}}, YEARS),
    "yearmonth": ({"type": "yearmonth"}, MONTHS),
    "yearmonth maximum": ({"type": "yearmonth", "constraints": {"maximum": "2026-10"}}, MONTHS),
    "duration": ({"type": "duration"}, DURATIONS),
    "object": ({"type": "object"}, JSON),
    "object length": ({"type": "object", "constraints": {"minLength": 2}}, JSON[:2] + JSON[-1:]),
    "array": ({"type": "array"}, JSON),
    "array length": ({"type": "array", "constraints": {"maxLength": 1}}, JSON[2:4]),
    "geopoint": ({"type": "geopoint"}, POINTS),
    "geopoint array": ({"type": "geopoint", "format": "array"}, POINTS),
    "geopoint object": ({"type": "geopoint", "format": "object"}, POINTS),
    "geojson": ({"type": "geojson"}, GEOJSON),
    "list": ({"type": "list"}, LISTS),
    "list of integers": ({"type": "list", "itemType": "integer"}, LISTS),
    "list of dates": ({"type": "list", "itemType": "date"}, LISTS),
    "any": ({"type": "any", "constraints": {"required": True}}, TEXTS),
}
PYTHONS = {"1_000", "\u0661"}
"""Numbers for Python's int and Decimal, and so for Frictionless; none for XML Schema."""
DIFFERENT = {
    "date": {"2026-1-5": "the month and the day have two digits (ISO 8601)"},
    "date minimum": {"2026-1-5": "the same"},
    "year": {"20261": "a year may have more than four digits (XML Schema, gYear)"},
    "yearmonth": {"2026-1": "two digits (XML Schema, gYearMonth)", "26-11": "four digits"},
    "yearmonth maximum": {"2026-1": "the same", "26-11": "the same"},
    "duration": {"P2W": "XML Schema's duration has no weeks", "PT": "and no T without a time"},
}
EVERY = [(name, text) for name, (_, texts) in CASES.items() for text in texts]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(config={"threads": 1}) as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def in_breach(connection, descriptor, texts):
    """Those of the texts that are in breach of a rule."""
    rules = field_rules({"fields": [{"name": "a", **descriptor}]}, {})
    found = set()
    for some in batched(texts, FIRST_ROWS):
        values = ", ".join(f"({row}, {sql.text(text)})" for row, text in enumerate(some))
        queries = compiled(rules, Relation(f"(VALUES {values}) AS t(row, c0)", {"a": Cells("c0")}))
        if queries.rules:
            firsts = connection.execute(queries.breaches).fetchall()[0][1::2]
            found |= {some[row] for row in chain.from_iterable(rows or () for rows in firsts)}
    return found


def batched(texts, size):
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def frictionless_refuses(descriptor, text):
    field = frictionless.Field.from_descriptor({"name": "a", **descriptor})
    if "missingValues" in descriptor:
        field.missing_values = descriptor["missingValues"]
    return bool(field.read_cell(text)[1])


def test_there_are_300_cases():
    assert len(EVERY) >= 300


@pytest.mark.parametrize("name", CASES)
def test_a_verdict_is_that_of_frictionless_where_the_standard_does_not_say_otherwise(
    connection, name
):
    descriptor, texts = CASES[name]
    refused = {text for text in texts if frictionless_refuses(descriptor, text)}
    found = in_breach(connection, descriptor, texts)
    assert found ^ refused - PYTHONS == set(DIFFERENT.get(name, {})) | (PYTHONS & set(texts))
