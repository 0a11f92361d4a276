"""The shortest value of a schema, held against what fastavro writes."""

import io

import fastavro
import pytest

from functions.core.counting.formats.scanning.avro_schema import least_bytes


def record(*types, name="r", **more):
    fields = [{"name": f"f{number}", "type": each} for number, each in enumerate(types)]
    return {"type": "record", "name": name, "fields": fields, **more}


LIST = record("long", ["null", "list"], name="list")
SHORTEST = [
    ("null", None),
    ("boolean", False),
    ("int", 0),
    ("long", 0),
    ("float", 0.0),
    ("double", 0.0),
    ("bytes", b""),
    ("string", ""),
    ({"type": "fixed", "name": "f", "size": 16}, bytes(16)),
    ({"type": "enum", "name": "e", "symbols": ["A"]}, "A"),
    ({"type": "array", "items": "double"}, []),
    ({"type": "map", "values": "double"}, {}),
    (["double", "null"], None),
    (["string", "double"], ""),
    (record(), {}),
    (record("null", "null"), {"f0": None, "f1": None}),
    (record("long", "double", ["null", "string"]), {"f0": 0, "f1": 0.0, "f2": None}),
    (record(record("int", name="inner"), "inner"), {"f0": {"f0": 0}, "f1": {"f0": 0}}),
    (LIST, {"f0": 0, "f1": None}),
    ({"type": "long", "logicalType": "timestamp-millis"}, 0),
    ({"type": {"type": "array", "items": "int"}}, []),
]


@pytest.mark.parametrize(("schema", "value"), SHORTEST)
def test_the_shortest_value_takes_as_much_as_fastavro_writes(schema, value):
    out = io.BytesIO()
    whole = schema["type"] if isinstance(schema, dict) and "name" not in schema else schema
    logical = isinstance(schema, dict) and "logicalType" in schema
    kind = whole if isinstance(whole, dict | list) or logical or isinstance(schema, str) else schema
    fastavro.schemaless_writer(out, fastavro.parse_schema(kind), value)
    assert least_bytes(schema) == len(out.getvalue())


def test_a_record_that_contains_itself_counts_there_as_nothing():
    assert least_bytes(record("long", "r")) == 1


def test_one_name_of_two_namespaces_counts_as_nothing():
    one = {**record("double", name="x"), "namespace": "a"}
    two = {**record("int", name="x"), "namespace": "b"}
    assert least_bytes(record(one, two, "a.x")) == 9


@pytest.mark.parametrize("schema", [{"fields": []}, {"type": "record"}, 7, {"type": "fixed"}])
def test_what_is_no_schema_is_an_error(schema):
    with pytest.raises((KeyError, TypeError)):
        least_bytes(schema)
