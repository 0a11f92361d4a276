"""What a contract's file may say, and what it makes of an upload."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core import validation
from functions.core.contracts.contract import NONE, Columns, Contract, Contracts
from functions.core.contracts.reading import (
    FORMATS,
    WITH_COLUMNS,
    contract_of,
    read_folder,
)
from functions.core.counting import Counted
from functions.core.errors import InvalidContract, InvalidFile, LargeFile, RejectionCode
from functions.core.formats.registry import BY_NAME
from functions.core.ranges import states
from functions.core.records import ExecutionInfo
from functions.core.uploads import Upload

untimed = settings(deadline=None)


def a_contract(fields=None, match=None, **rules):
    resource = {"name": "sales", "path": "sales/", "tally": rules}
    if fields is not None:
        resource["schema"] = {"fields": [{"name": name} for name in fields]}
        if match is not None:
            resource["schema"]["fieldsMatch"] = match
    return contract_of(resource)


def counted(columns=("id", "amount"), records=3, ragged=0):
    return Counted("csv", None, "utf-8", records, columns, ragged, 100)


def refusal(contract, found):
    with pytest.raises(InvalidFile) as caught:
        contract.check_counted(found)
    return f"{caught.value.code}: {caught.value.message}"


@pytest.mark.parametrize(
    ("match", "columns", "wrong"),
    [
        (None, ("id", "amount"), None),
        (None, ("amount", "id"), "columns are not in the contract's order, or come twice"),
        ("exact", ("id",), "columns are missing: amount"),
        ("exact", ("id", "amount", "x"), "columns are not in the contract: 1 of 3"),
        (
            "exact",
            ("id", "amount", "amount"),
            "columns are not in the contract's order, or come twice",
        ),
        ("equal", ("amount", "id"), None),
        ("equal", ("amount",), "columns are missing: id"),
        ("equal", ("amount", "id", "id"), "a column comes twice"),
        ("subset", ("x", "amount", "id"), None),
        ("subset", ("x", "id"), "columns are missing: amount"),
        ("superset", ("amount",), None),
        ("superset", ("amount", "y"), "columns are not in the contract: 1 of 2"),
        ("partial", ("y", "amount"), None),
        ("partial", ("y",), "none of the contract's columns is there"),
        ("exact", None, "the file has no column names"),
    ],
)
def test_columns_match_as_the_standard_says(match, columns, wrong):
    contract = a_contract(["id", "amount"], match)
    if wrong is None:
        contract.check_counted(counted(columns))
    else:
        told = refusal(contract, counted(columns))
        assert told == f"CONTRACT_VIOLATION: contract sales: {wrong}"


def test_a_required_column_must_be_there_whatever_the_match_says():
    schema = {
        "fields": [{"name": "id", "constraints": {"required": True}}, {"name": "amount"}],
        "fieldsMatch": "superset",
    }
    contract = contract_of({"name": "sales", "path": "sales/", "schema": schema})
    assert "missing: id" in refusal(contract, counted(("amount",)))


def test_the_number_of_records_has_both_its_limits_included():
    contract = a_contract(records={"min": 2, "max": 4})
    for number in (2, 3, 4):
        contract.check_counted(counted(records=number))
    assert "1 records, under its 2" in refusal(contract, counted(records=1))
    assert "5 records, over its 4" in refusal(contract, counted(records=5))


def test_ragged_rows_are_an_error_only_where_the_contract_says_so():
    a_contract().check_counted(counted(ragged=2))
    assert refusal(a_contract(raggedRows="reject"), counted(ragged=2)).startswith("RAGGED_ROWS")
    a_contract(raggedRows="reject").check_counted(counted(ragged=0))


def test_format_and_size_are_judged_before_counting():
    contract = a_contract(formats=["csv"], maxBytes=10)
    contract.check_upload("csv", 10)
    with pytest.raises(InvalidFile, match="the format is json, not csv"):
        contract.check_upload("json", 1)
    with pytest.raises(InvalidFile, match="11 bytes, over its 10"):
        contract.check_upload("csv", 11)


def test_the_longest_prefix_holds(tmp_path):
    for name, prefix in (("a", "in/"), ("b", "in/deep/"), ("c", "other/")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"name": name, "path": prefix}))
    contracts = read_folder(tmp_path)
    assert contracts.of("in/deep/x.csv").name == "b"
    assert contracts.of("in/x.csv").name == "a"
    assert contracts.of("x.csv") is None


def test_a_message_says_the_rule_and_nothing_of_the_file():
    with pytest.raises(InvalidFile) as caught:
        a_contract(["id", "amount"]).check_counted(counted(("id", "amount", "secret")))
    assert caught.value.message == "contract sales: columns are not in the contract: 1 of 3"


def test_the_documented_example_is_a_contract():
    page = (Path(__file__).resolve().parents[2] / "docs" / "contracts.md").read_text()
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
                {"name": "d", "type": "x", "constraints": {"required": True}},
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
    )


def test_what_a_contract_does_not_say_is_not_judged():
    assert contract_of({"name": "a", "path": "b"}) == Contract("a", "b")
    with_columns = contract_of({"name": "a", "path": "b", "schema": {"fields": [{"name": "c"}]}})
    assert with_columns.formats == WITH_COLUMNS
    Contract("a", "b").check_counted(counted(None, 0, 9))
    Contract("a", "b").check_upload("txt", 1 << 60)


def test_five_missing_columns_are_named_in_the_contracts_order_and_the_rest_counted():
    names = [f"c{number}" for number in range(8, 0, -1)]
    told = refusal(a_contract(names), counted(("c8",)))
    assert told.endswith(": columns are missing: c7, c6, c5, c4, c3 and 2 more")
    told = refusal(a_contract(names[:6]), counted(("c8",)))
    assert told.endswith(": columns are missing: c7, c6, c5, c4, c3")


def test_numbers_in_messages_are_written_for_people():
    contract = a_contract(records={"min": 2000, "max": 3000}, maxBytes=1000, raggedRows="reject")
    assert refusal(contract, counted(records=1999)).endswith("1,999 records, under its 2,000")
    assert refusal(contract, counted(records=3001)).endswith("3,001 records, over its 3,000")
    told = refusal(contract, counted(records=2000, ragged=1000))
    assert told == "RAGGED_ROWS: contract sales: 1,000 rows of another width"
    with pytest.raises(InvalidFile, match=r"^\{.*contract sales: 1,001 bytes, over its 1,000"):
        contract.check_upload("csv", 1001)
    with pytest.raises(InvalidFile, match="the format is txt, not csv or tsv"):
        a_contract(formats=["tsv", "csv"]).check_upload("txt", 1)


def test_what_is_expected_is_listed_by_prefix():
    contracts = [
        Contract(n, n, expected_since=since)
        for n, since in (("b", "1"), ("c", None), ("a", "2"), ("d", "3"))
    ]
    assert [each.name for each in Contracts(tuple(contracts)).expecting("2")] == ["a", "b"]


def test_no_folder_and_no_files_are_no_contracts(tmp_path):
    (tmp_path / "README.md").write_text("nothing")
    assert read_folder(tmp_path) == read_folder(tmp_path / "absent") == NONE


def test_a_file_is_expected_from_its_first_day_on():
    contract = a_contract(expected={"every": "day", "since": "2026-11-20"})
    assert [contract.expects(f"2026-11-{day}") for day in (19, 20, 21)] == [False, True, True]
    assert not a_contract().expects("2026-11-20")


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
        ({"name": "a", "path": "b", "tally": {"formats": ["orc"]}}, "formats: orc is none of ours"),
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


@untimed
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


class InMemory:
    """An object version's content."""

    content_type = checksum = None

    def __init__(self, body):
        self.body, self.size = body, len(body)

    def blocks(self):
        yield self.body

    def read(self, start, length):
        return self.body[start : start + length]

    def part(self, start, end):
        yield self.body[start:end]


def processed(key, body, contracts, limit=0):
    """The record of a file or its rejection's code, by way of ranges where it is over the limit."""
    content = InMemory(body)
    upload = Upload("raw", key, "1", "e", len(body), "2026-11-22T10:00:00Z")
    by = ExecutionInfo("arn", "2026-11-22T10:00:01Z")
    try:
        given = validation.validate(
            upload, content, lambda _: False, by, force=False, contracts=contracts
        )
        try:
            return validation.count(upload, given, content, by, limit, contracts=contracts)
        except LargeFile as large:
            told = json.loads(str(large))
            parts = [states.of_range(told, number, content) for number in range(told["ranges"])]
            return states.of_all(upload, told, parts, content, by, contracts=contracts)
    except InvalidFile as why:
        return why.code


ELSEWHERE = Contracts((Contract("x", "elsewhere/", even_rows=True, least_records=99),))


@untimed
@given(st.text('ab,\n"', max_size=40), st.sampled_from(["in/a.csv", "in/a.txt", "in/a.json"]))
def test_a_file_under_no_contract_is_processed_as_if_there_were_none(text, key):
    body = text.encode()
    assert processed(key, body, ELSEWHERE) == processed(key, body, NONE)


@pytest.mark.parametrize("limit", [0, 8])
def test_a_contract_holds_for_a_file_counted_in_ranges_too(limit):
    ragged = b"id,amount\n1\n2,3\n4,5\n"
    assert processed("in/a.csv", ragged, NONE, limit)["record"]["ragged_rows"] == 1
    for contract, code in (
        (Contract("a", "in/", even_rows=True), RejectionCode.RAGGED_ROWS),
        (Contract("a", "in/", least_records=4), RejectionCode.CONTRACT_VIOLATION),
        (Contract("a", "in/", most_records=2), RejectionCode.CONTRACT_VIOLATION),
    ):
        assert processed("in/a.csv", ragged, Contracts((contract,)), limit) is code
