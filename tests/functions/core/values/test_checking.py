"""Files held to field rules: which rows are in breach, whatever the file is written like."""

import gzip
import json

import duckdb
import pytest

from functions.core.contracts.field_reading import field_rules
from functions.core.counting.deadline import FIELD_RULES_MEMORY, NO_DEADLINE, Deadline
from functions.core.counting.detection import detect
from functions.core.counting.path_source import PathSource
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile, UnequalReadings, UnreadValues
from functions.core.values import checking
from functions.core.values.checking import check
from functions.core.values.relation import File

FIELDS = [
    {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
    {"name": "total", "type": "number", "constraints": {"minimum": 0}},
    {"name": "note", "type": "string", "constraints": {"maxLength": 5}},
]
ROWS = "id,total,note\n1,2.5,a\nx,-1,b\n1,3,too long\n,4,\n"
BREACHES = {
    "id.type": (1, (2,)),
    "id.required": (1, (4,)),
    "total.minimum": (1, (2,)),
    "note.maxLength": (1, (3,)),
    "id.unique": (1, (3,)),
}


@pytest.fixture
def checked(tmp_path):
    """What is found in a file of a name and a content, by the fields of a schema."""

    def of(name, content, fields=FIELDS, content_type=None, deadline=NO_DEADLINE, **schema):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with path.open("rb") as stream:
            source = PathSource(stream)
            detected = detect(name, source.read(0, 4096), content_type)
            counted = count_source(detected, source)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        rules = field_rules({"fields": fields, **schema}, schema.pop("rules", {}))
        return check(File(path, detected, counted, scratch, deadline), rules)

    return of


def breaches(found):
    return {each.rule: (each.rows, each.first) for each in found.breaches}


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.csv", ROWS, None),
        ("a.csv", ROWS.replace("\n", "\r\n"), None),
        ("a.csv", ROWS.replace("\n", "\r"), None),
        ("a.csv", ROWS.replace("3,too", "3.0,too").replace("\n", "\r\n", 2), None),
        ("a.csv", "\ufeff" + ROWS, None),
        ("a.csv", ROWS.encode("utf-16"), None),
        ("a.csv", "sep=,\n" + ROWS, None),
        ("a.csv", ROWS.replace(",", ";"), None),
        ("a.csv", ROWS.replace("\n", "\n\n"), None),
        ("a.csv", ROWS.replace("2.5,a", '2.5,"a"') + "\x1a", None),
        ("a.csv.gz", gzip.compress(ROWS.encode(), mtime=0), None),
        ("a.tsv", ROWS.replace(",", "\t"), None),
        ("a.csv", ROWS.replace("1,2.5,a", "1,2.5"), None),
        ("a.csv", ROWS.replace("1,2.5,a", "1,2.5,a,more"), None),
        ("a.csv", ROWS.replace("\n1,3", "\n# made, up\n1,3"), 'text/csv; commentChar="#"'),
        ("a.csv", "made up\n\n" + ROWS, 'text/csv; headerRows="3"'),
        ("a.csv", ROWS.replace("too long", "'too, long'"), 'text/csv; quoteChar="\'"'),
        ("a.csv", ROWS.replace("too long", "too\\, long"), 'text/csv; escapeChar="\\\\"'),
    ],
)
def test_the_rows_in_breach_are_those_of_the_count_however_a_table_is_written(
    checked, name, content, content_type
):
    assert breaches(checked(name, content, content_type=content_type)) == BREACHES


def test_quotes_are_content_where_a_tsv_is_read_literally(checked):
    found = checked("a.tsv", 'id\ttotal\tnote\n1\t1\t"a\n2\t1\tabcd"e\n')
    assert breaches(found) == {"note.maxLength": (1, (2,))}


def test_a_quote_behind_a_blank_is_content(checked):
    found = checked("a.csv", 'id,total,note\n1,1, "abc"\n')
    assert breaches(found) == {"note.maxLength": (1, (1,))}


def test_a_row_longer_than_duckdb_reads_at_once_is_checked(checked):
    content = f"id,total,note\n1,1,{'x' * 3_000_000}\n"
    assert breaches(checked("a.csv", content)) == {"note.maxLength": (1, (1,))}


def test_only_the_first_ten_rows_in_breach_are_named_and_never_a_value(checked):
    found = checked("a.csv", "id,total,note\n" + "secret,1,a\n" * 25)
    assert breaches(found) == {"id.type": (25, tuple(range(1, 11)))}
    with pytest.raises(InvalidFile) as refused:
        found.refuse("sales")
    assert refused.value.message == (
        "contract sales: rows in breach (numbered as records, from 1):"
        " id.type: 25 rows (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...)"
    )
    assert refused.value.breaches == [
        {"rule": "id.type", "rows": 25, "first_rows": list(range(1, 11))}
    ]
    assert "secret" not in json.dumps([found.profile, refused.value.breaches])


def test_what_a_rule_tolerates_is_a_warning(checked):
    rules = {"id.type": {"rows": 1}, "note.maxLength": "warn"}
    found = checked("a.csv", "id,total,note\nx,1,too long\n", rules=rules)
    found.refuse("sales")
    assert found.warnings() == (
        "field rule id.type: 1 row (1)",
        "field rule note.maxLength: 1 row (1)",
    )


def test_members_of_json_are_held_to_the_same_rules(checked):
    records = [
        {"id": 1, "total": 2.5, "note": "a"},
        {"id": "x", "total": -1, "note": "b"},
        {"id": 1.0, "total": 3, "note": "too long"},
        {"total": 4, "note": None},
    ]
    lines = "\n".join(map(json.dumps, records))
    for name, content in (
        ("a.jsonl", lines),
        ("a.jsonl", lines.replace("}\n{", "}{")),
        ("a.json", json.dumps(records)),
        ("a.json", "".join(f"\x1e{line}\n" for line in lines.splitlines())),
        ("a.jsonl.gz", gzip.compress(lines.encode())),
    ):
        assert breaches(checked(name, content)) == BREACHES


def test_a_member_of_another_kind_is_no_value_of_the_type(checked):
    found = checked("a.jsonl", '{"id": true, "total": [1], "note": 5}\n[1]\n')
    assert breaches(found) == {
        "id.type": (1, (1,)),
        "total.type": (1, (1,)),
        "note.type": (1, (1,)),
        "id.required": (1, (2,)),
    }


def test_a_member_is_found_whatever_its_name_is(checked):
    name = "a/b~c'\"$.[0]"
    fields = [{"name": name, "type": "integer", "constraints": {"required": True}}]
    assert breaches(checked("a.jsonl", json.dumps({name: 1}), fields)) == {}


def test_columns_of_parquet_are_held_to_the_same_rules(checked, tmp_path):
    values = "(1, 2.5::DOUBLE, 'a'), (2, -1, 'b'), (1, 'NaN', 'too long'), (NULL, 4, NULL)"
    duckdb.sql(f"FROM (VALUES {values}) AS t(id, total, note)").write_parquet(
        str(tmp_path / "table")
    )
    assert breaches(checked("a.parquet", (tmp_path / "table").read_bytes())) == {
        "id.required": (1, (4,)),
        "total.minimum": (2, (2, 3)),
        "note.maxLength": (1, (3,)),
        "id.unique": (1, (3,)),
    }


def test_a_key_of_several_fields_is_unique_as_a_whole_and_has_all_its_parts(checked):
    fields = [{"name": "a"}, {"name": "b"}]
    rows = "a,b\n1,1\n1,2\n1,1\n,1\n,1\n"
    found = checked("a.csv", rows, fields, primaryKey=["a", "b"], uniqueKeys=[["a"]])
    assert breaches(found) == {"primaryKey": (3, (3, 4, 5)), "uniqueKeys[0]": (2, (2, 3))}


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_values_are_unique_or_not_in_however_many_shares_they_are_compared(
    checked, monkeypatch, at_once
):
    monkeypatch.setattr(checking, "AT_ONCE", at_once)
    rows = "id,total,note\n" + "".join(f"{number % 20},1,a\n" for number in range(33))
    assert breaches(checked("a.csv", rows)) == {"id.unique": (13, tuple(range(21, 31)))}
    assert breaches(checked("b.csv", rows[: rows.index("\n19,") + 8])) == {}


def test_a_column_that_is_not_there_has_no_values_in_breach(checked):
    fields = [*FIELDS, {"name": "more", "constraints": {"required": True}}]
    assert breaches(checked("a.csv", ROWS, fields)) == BREACHES


def test_an_empty_text_is_a_value_where_the_schema_says_so(checked):
    fields = [{"name": "a", "constraints": {"required": True}}, {"name": "b"}]
    rows = 'a,b\n,1\n"",2\nNA,3\n'
    assert breaches(checked("a.csv", rows, fields)) == {"a.required": (2, (1, 2))}
    found = checked("a.csv", rows, fields, missingValues=["NA"])
    assert breaches(found) == {"a.required": (1, (3,))}


def test_a_profile_has_figures_of_numbers_and_dates_and_no_other_values(checked):
    fields = [{"name": "n", "type": "number"}, {"name": "d", "type": "date"}, {"name": "s"}]
    rows = "n,d,s\n2,2026-11-28,secret\n10,2026-01-01,secret\n,,\n"
    assert checked("a.csv", rows, fields).profile == {
        "n": {"nulls": 1, "approx_distinct": 2, "min": "2.0", "max": "10.0"},
        "d": {"nulls": 1, "approx_distinct": 2, "min": "2026-01-01", "max": "2026-11-28"},
        "s": {"nulls": 1, "approx_distinct": 1, "min": None, "max": None},
    }


def test_rows_that_are_read_otherwise_than_counted_are_a_fault_and_no_verdict(checked, tmp_path):
    path = tmp_path / "b.csv"
    path.write_text(ROWS)
    with path.open("rb") as stream:
        source = PathSource(stream)
        detected = detect(path.name, source.read(0, 4096))
        counted = count_source(detected, source)
    path.write_text(ROWS + "5,5,e\n")
    rules = field_rules({"fields": FIELDS}, {})
    with pytest.raises(UnequalReadings):
        check(File(path, detected, counted, tmp_path), rules)


ENDLESS = "SELECT count(*) FROM range(1000000000000000)"


def test_a_query_that_would_not_end_is_interrupted_when_the_time_is_over(checked, monkeypatch):
    """It has no other end; the time is over from the second look on."""
    left = iter([100.0])
    deadline = Deadline(lambda: next(left, 0), 1, FIELD_RULES_MEMORY)
    monkeypatch.setattr(checking, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(
        checking, "_scanned", lambda connection, *_: connection.execute(ENDLESS).fetchall()
    )
    with pytest.raises(InvalidFile) as caught:
        checked("a.csv", ROWS, deadline=deadline)
    assert caught.value.code == "TOO_SLOW"
    assert "field_rules_memory_mb" in caught.value.message


def test_values_that_take_more_memory_than_there_is_are_too_large(checked, monkeypatch):
    monkeypatch.setattr(checking, "MEMORY", "1MB")
    rows = "id,total,note\n" + "".join(f"{number},1,a\n" for number in range(50_000))
    with pytest.raises(InvalidFile) as caught:
        checked("a.csv", rows)
    assert caught.value.code == "TOO_LARGE"


def test_a_damaged_page_of_parquet_is_the_files_fault(checked, tmp_path):
    values = ", ".join(f"({number}, {number}.5, 'note')" for number in range(5000))
    duckdb.sql(f"FROM (VALUES {values}) AS t(id, total, note)").write_parquet(
        str(tmp_path / "table"), compression="snappy"
    )
    whole = (tmp_path / "table").read_bytes()
    damaged = whole[:30] + bytes(200) + whole[230:]
    with pytest.raises(InvalidFile) as caught:
        checked("a.parquet", damaged)
    assert caught.value.code == "MALFORMED_FILE"


def test_a_fault_of_duckdb_is_named_without_its_text_which_may_quote_the_file(checked, monkeypatch):
    def fails(*_):
        raise duckdb.ConversionException("Could not convert string 'secret' to INT32")

    monkeypatch.setattr(checking, "_scanned", fails)
    with pytest.raises(UnreadValues) as caught:
        checked("a.csv", ROWS)
    assert str(caught.value) == "ConversionException"


def test_a_record_has_no_more_warnings_than_there_is_room_for(checked):
    names = [f"c{number}" for number in range(60)]
    fields = [{"name": name, "type": "integer"} for name in names]
    rules = {f"{name}.type": "warn" for name in names}
    body = ",".join(names) + "\n" + ",".join("x" * 60) + "\n"
    warnings = checked("a.csv", body, fields, rules=rules).warnings()
    assert len(warnings) == 21
    assert warnings[-1] == "40 field rules more"
