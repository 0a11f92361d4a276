"""What a contract's file may say, and what is refused in it."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contracts.contract import NONE, Columns, Contract
from functions.core.contracts.fields import Field, FieldRules
from functions.core.contracts.reading import (
    FORMATS,
    WITH_COLUMNS,
    contract_of,
    read_folder,
)
from functions.core.counting.formats.registry import BY_NAME
from functions.core.errors import InvalidContract


def test_the_documented_example_is_a_contract():
    page = (Path(__file__).resolve().parents[4] / "docs" / "contracts.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    contract = contract_of(json.loads(example))
    assert (contract.name, contract.prefix) == ("daily-sales", "sales/daily/")
    assert contract.expects("2026-11-01")
    assert not contract.expects("2026-10-31")


@pytest.mark.parametrize("match", [None, "exact", "equal", "subset", "superset", "partial"])
def test_a_contract_may_say_all_this(match):
    resource = {
        "$schema": "x",
        "name": "a",
        "path": "b",
        "title": "x",
        "description": "x",
        "type": "table",
        "profile": "x",
        "schema": {
            "$schema": "x",
            "fields": [
                {"name": "c"},
                {"name": "d", "type": "string", "constraints": {"required": True}},
            ],
            **({"fieldsMatch": [match]} if match else {}),
            "missingValues": [],
            "primaryKey": [],
            "uniqueKeys": [],
            "foreignKeys": [],
        },
        "tally": {
            "formats": ["csv", "tsv", "parquet", "avro"],
            "records": {"min": 0, "max": 0},
            "maxBytes": 0,
            "raggedRows": "reject",
            "expected": {"every": "day", "since": "20261101"},
        },
    }
    assert contract_of(resource) == Contract(
        "a",
        "b",
        formats=frozenset({"csv", "tsv", "parquet", "avro"}),
        columns=Columns(("c", "d"), frozenset({"d"}), match or "exact"),
        least_records=0,
        most_records=0,
        most_bytes=0,
        even_rows=True,
        expected_since="2026-11-01",
        field_rules=FieldRules(
            (
                Field("c", missing=()),
                Field("d", "string", missing=(), constraints={"required": True}),
            )
        ),
    )


def test_no_folder_and_no_files_are_no_contracts(tmp_path):
    (tmp_path / "README.md").write_text("nothing")
    assert read_folder(tmp_path) == read_folder(tmp_path / "absent") == NONE


ONE_OF = "schema.fieldsMatch must be one of equal, exact, partial, subset, superset"


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        ({"path": "b"}, "name and path are needed"),
        ({"name": 1, "path": "b"}, "name must be a text"),
        ({"name": "", "path": "b"}, "name must be a text"),
        ({"name": "a", "path": 1}, "path must be a key prefix"),
        ({"name": "a", "path": "b", "tally": []}, "tally must be an object"),
        ({"name": "a", "path": "b", "schema": []}, "schema must be an object"),
        (
            {"name": "a", "path": "b", "tally": {"formats": "csv"}},
            "formats must be a list of formats",
        ),
        (
            {"name": "a", "path": "b", "tally": {"formats": ["a", "csv", "b"]}},
            "formats: a, b is none of ours",
        ),
        ({"name": "a", "path": "b", "tally": {"records": 1}}, "records must be an object"),
        ({"name": "a", "path": "b", "tally": {"records": {"least": 1}}}, "records: unknown: least"),
        (
            {"name": "a", "path": "b", "tally": {"records": {"max": 1.5}}},
            "records.max must be a whole number",
        ),
        (
            {"name": "a", "path": "b", "tally": {"maxBytes": True}},
            "maxBytes must be a whole number",
        ),
        ({"name": "a", "path": "b", "tally": {"expected": 1}}, "expected must be an object"),
        ({"name": "a", "path": "b", "tally": {"expected": {"each": 1}}}, "expected: unknown: each"),
        ({"name": "a", "path": "b", "z": 1, "y": 1}, "the contract: unknown: y, z"),
        (
            {"name": "a", "path": "b", "schema": {"fields": {}}},
            "schema.fields must name the columns",
        ),
        ({"name": "a", "path": "b", "schema": {"fields": ["c"]}}, "schema.fields must be objects"),
        (
            {"name": "a", "path": "b", "schema": {"fields": [{"name": 1}]}},
            "each of schema.fields needs a name",
        ),
        (
            {
                "name": "a",
                "path": "b",
                "schema": {"fields": [{"name": "c"}], "fieldsMatch": ["exact", "equal"]},
            },
            ONE_OF,
        ),
        ([], "the contract must be an object"),
        ({"name": "a"}, "name and path are needed"),
        ({"name": "a", "path": ""}, "path must be a key prefix"),
        ({"name": "a", "path": "b", "record": 1}, "the contract: unknown: record"),
        ({"name": "a", "path": "b", "tally": {"record": 1}}, "tally: unknown: record"),
        ({"name": "a", "path": "b", "tally": {"formats": ["doc"]}}, "formats: doc is none of ours"),
        ({"name": "a", "path": "b", "tally": {"formats": []}}, "formats must be a list of formats"),
        (
            {"name": "a", "path": "b", "tally": {"records": {"min": 2, "max": 1}}},
            "records.min is over records.max",
        ),
        (
            {"name": "a", "path": "b", "tally": {"records": {"min": True}}},
            "records.min must be a whole number",
        ),
        ({"name": "a", "path": "b", "tally": {"maxBytes": -1}}, "maxBytes must be a whole number"),
        (
            {"name": "a", "path": "b", "tally": {"raggedRows": "no"}},
            "raggedRows must be warn or reject",
        ),
        (
            {"name": "a", "path": "b", "tally": {"expected": {"every": "week"}}},
            'expected.every must be "day"',
        ),
        (
            {"name": "a", "path": "b", "tally": {"expected": {"every": "day"}}},
            "expected.since must be a day, YYYY-MM-DD",
        ),
        (
            {"name": "a", "path": "b", "schema": {"fields": []}},
            "schema.fields must name the columns",
        ),
        (
            {"name": "a", "path": "b", "schema": {"fields": [{"type": "x"}]}},
            "each of schema.fields needs a name",
        ),
        (
            {"name": "a", "path": "b", "schema": {"fields": [{"name": "c"}, {"name": "c"}]}},
            "schema.fields names a column twice",
        ),
        ({"name": "a\nb", "path": "b"}, "name must be one line"),
        ({"name": "a", "path": "b", "c\nd": 1}, "the contract: unknown: c d"),
        (
            {"name": "a", "path": "b", "tally": {"formats": [["csv"]]}},
            "formats must be a list of formats",
        ),
        (
            {"name": "a", "path": "b", "tally": {"raggedRows": []}},
            "raggedRows must be warn or reject",
        ),
        (
            {
                "name": "a",
                "path": "b",
                "schema": {"fields": [{"name": "c"}], "fieldMatch": "subset"},
            },
            "schema: unknown: fieldMatch",
        ),
        (
            {"name": "a", "path": "b", "schema": {"fields": [{"name": "c"}], "fieldsMatch": {}}},
            ONE_OF,
        ),
        (
            {"name": "a", "path": "b", "schema": {"fields": [{"name": "c", "constraints": None}]}},
            "schema.fields: constraints must be an object",
        ),
        (
            {
                "name": "a",
                "path": "b",
                "schema": {"fields": [{"name": "c", "constraints": {"required": "no"}}]},
            },
            "schema.fields: required must be true or false",
        ),
        (
            {"name": "a", "path": "b", "schema": {"fields": [{"name": "c"}], "fieldsMatch": "all"}},
            ONE_OF,
        ),
        (
            {
                "name": "a",
                "path": "b",
                "schema": {"fields": [{"name": "c"}]},
                "tally": {"formats": ["txt"]},
            },
            "a schema is for csv, tsv, parquet and avro only",
        ),
    ],
)
def test_a_contract_that_says_anything_else_is_refused_in_one_line(resource, problem, tmp_path):
    (tmp_path / "bad.json").write_text(json.dumps(resource))
    with pytest.raises(InvalidContract) as caught:
        read_folder(tmp_path)
    assert str(caught.value) == f"bad.json: {problem}"


def test_two_contracts_for_one_prefix_and_broken_json_are_refused(tmp_path):
    (tmp_path / "a.json").write_text('{"name": "a", "path": "in/"}')
    (tmp_path / "b.json").write_text('{"name": "b", "path": "in/"}')
    with pytest.raises(InvalidContract, match="contract a has the prefix, too"):
        read_folder(tmp_path)
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(InvalidContract, match="not JSON"):
        read_folder(tmp_path)


def test_the_contract_knows_every_format_and_which_of_them_have_columns():
    assert set(BY_NAME) == FORMATS
    assert WITH_COLUMNS < FORMATS


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)
PLACES = [
    ("name",),
    ("path",),
    ("schema",),
    ("tally",),
    ("schema", "fields"),
    ("schema", "fieldsMatch"),
    ("schema", "fields", 0),
    ("schema", "fields", 0, "name"),
    ("schema", "fields", 0, "constraints"),
    ("schema", "fields", 0, "constraints", "required"),
    ("tally", "formats"),
    ("tally", "formats", 0),
    ("tally", "records"),
    ("tally", "records", "min"),
    ("tally", "maxBytes"),
    ("tally", "raggedRows"),
    ("tally", "expected"),
    ("tally", "expected", "every"),
    ("tally", "expected", "since"),
]


def full():
    return {
        "name": "a",
        "path": "b",
        "schema": {
            "fields": [{"name": "c", "constraints": {"required": True}}],
            "fieldsMatch": "subset",
        },
        "tally": {
            "formats": ["csv"],
            "records": {"min": 1},
            "maxBytes": 9,
            "raggedRows": "warn",
            "expected": {"every": "day", "since": "2026-11-01"},
        },
    }


@given(st.sampled_from(PLACES), ANYTHING)
def test_whatever_stands_anywhere_is_a_contract_or_a_refusal_in_one_line(place, value):
    resource = full()
    inner = resource
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    told = ""
    try:
        contract_of(resource)
    except InvalidContract as problem:
        told = str(problem)
    assert len(told.splitlines()) <= 1
