"""What a contract makes of an upload."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contracts.contract import NONE, WHAT_TO_DO, Contract, Contracts
from functions.core.contracts.reading import (
    WITH_COLUMNS,
    contract_of,
    read_folder,
)
from functions.core.counting.counted import Counted
from functions.core.errors import InvalidContract, InvalidFile, LargeFile, RejectionCode
from functions.core.processing import count_range, count_records, merge_ranges, validate_file
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import Upload
from tests.builders.contents import Memory


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
        assert told == f"CONTRACT_VIOLATION: contract sales: {wrong}; {WHAT_TO_DO}"


@pytest.mark.parametrize("delimiter", [";", "|", "^", "\t"])
def test_a_header_that_was_not_cut_is_said_with_the_delimiter_that_it_may_have(delimiter):
    header = f'"id"{delimiter} amount'
    shown = "tab" if delimiter == "\t" else delimiter
    told = refusal(a_contract(["id", "amount"]), counted((header,)))
    assert told.endswith(
        f"columns are missing: id, amount: found the one column `{header}`:"
        f" is the delimiter `{shown}`?; {WHAT_TO_DO}"
    )


def test_one_column_that_may_be_a_value_is_not_shown():
    told = refusal(a_contract(["id", "amount"]), counted(("17;secret",)))
    assert "secret" not in told
    assert "x" * 61 not in refusal(a_contract(["id", "amount"]), counted((f"id;{'x' * 99}",)))


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
    told = f"contract sales: columns are not in the contract: 1 of 3; {WHAT_TO_DO}"
    assert caught.value.message == told


def test_what_a_contract_does_not_say_is_not_judged():
    assert contract_of({"name": "a", "path": "b"}) == Contract("a", "b")
    with_columns = contract_of({"name": "a", "path": "b", "schema": {"fields": [{"name": "c"}]}})
    assert with_columns.formats == WITH_COLUMNS
    Contract("a", "b").check_counted(counted(None, 0, 9))
    Contract("a", "b").check_upload("txt", 1 << 60)


def test_five_missing_columns_are_named_in_the_contracts_order_and_the_rest_counted():
    names = [f"c{number}" for number in range(8, 0, -1)]
    told = refusal(a_contract(names), counted(("c8",)))
    assert f": columns are missing: c7, c6, c5, c4, c3 and 2 more; {WHAT_TO_DO}" in told
    told = refusal(a_contract(names[:6]), counted(("c8",)))
    assert f": columns are missing: c7, c6, c5, c4, c3; {WHAT_TO_DO}" in told


def test_numbers_in_messages_are_written_for_people():
    contract = a_contract(records={"min": 2000, "max": 3000}, maxBytes=1000, raggedRows="reject")
    assert ": 1,999 records, under its 2,000;" in refusal(contract, counted(records=1999))
    assert ": 3,001 records, over its 3,000;" in refusal(contract, counted(records=3001))
    told = refusal(contract, counted(records=2000, ragged=1000))
    assert told == f"RAGGED_ROWS: contract sales: 1,000 rows of another width; {WHAT_TO_DO}"
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


def test_a_file_is_expected_from_its_first_day_on():
    contract = a_contract(expected={"every": "day", "since": "2026-11-20"})
    assert [contract.expects(f"2026-11-{day}") for day in (19, 20, 21)] == [False, True, True]
    assert not a_contract().expects("2026-11-20")


def processed(key, body, contracts, limit=0):
    """The record of a file or its rejection's code, by way of ranges where it is over the limit."""
    content = Memory(body)
    upload = Upload("raw", key, "1", "e", len(body), "2026-11-22T10:00:00Z")
    by = ExecutionInfo("arn", "2026-11-22T10:00:01Z")
    try:
        given = validate_file.validate(
            upload, content, lambda _: False, by, force=False, contracts=contracts
        )
        try:
            return count_records.count(upload, given, content, by, limit, contracts=contracts)
        except LargeFile as large:
            told = json.loads(str(large))
            parts = [
                count_range.count_range(told, number, content) for number in range(told["ranges"])
            ]
            return merge_ranges.merge_ranges(upload, told, parts, content, by, contracts=contracts)
    except InvalidFile as why:
        return why.code


ELSEWHERE = Contracts((Contract("x", "elsewhere/", even_rows=True, least_records=99),))


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


@pytest.mark.parametrize(
    "delivery", [{}, {"manifest": ""}, {"manifest": "*"}, {"manifest": 3}, {"files": "*"}, "*.json"]
)
def test_a_delivery_names_a_pattern_of_manifests_that_is_not_every_file(delivery):
    with pytest.raises(InvalidContract, match="delivery"):
        contract_of({"name": "in", "path": "in/", "tally": {"delivery": delivery}})


def test_a_manifest_is_none_of_the_files_that_it_lists():
    resource = {"name": "in", "path": "in/", "tally": {"delivery": {"manifest": "*.json"}}}
    below = {"name": "below", "path": "in/d/"}
    contracts = Contracts((contract_of(resource), contract_of(below)))
    assert contracts.of("in/a/m.json").of_manifests
    assert not contracts.of("in/a.csv").of_manifests
    assert contracts.delivering("in/a/m.json") is None
    assert contracts.delivering("in/a.csv").name == "in"
    assert contracts.delivering("in/d/a.csv").name == "in"  # the longer prefix lists nothing
    assert contracts.of("in/d/a.csv").name == "below"
    assert contracts.delivering("out/a.csv") is None
