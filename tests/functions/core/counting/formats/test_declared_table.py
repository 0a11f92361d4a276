"""Tables in a declared dialect, wherever they are cut; oracles are csv, DuckDB and pandas."""

import io
import random

import pandas as pd
import pytest
from hypothesis import example, given, settings

from functions.core.counting.detection import detect, with_defaults
from functions.core.counting.formats import declared_table
from functions.core.counting.formats.scanning import dialect_lead
from functions.core.counting.formats.table import FIRST_ROW_LIMIT
from functions.core.counting.whole_file import count_source
from functions.core.processing.handover import detected_of
from tests.builders.contents import Memory
from tests.builders.dialects import (
    RANGES,
    by_duckdb,
    content_type,
    expected,
    found,
    tables,
    written,
)
from tests.functions.core.counting.ranges.test_ranges import in_ranges, whole

slow = settings(max_examples=200)
NAMES = ["a.csv", "a.tsv"]


@pytest.mark.parametrize("name", NAMES)
@slow
@given(tables(), RANGES)
@example(({"delimiter": ",", "escapeChar": "\\"}, "a,b\n1,x\\\r\ny\n"), 4)
@example(({"delimiter": ",", "commentChar": ",,"}, ",,\n,a\n,,b\n"), 1)
def test_any_table_has_the_rows_of_the_csv_module_in_one_reading_and_in_ranges(
    name, table, range_bytes
):
    words, text = table
    body, declared = text.encode(), content_type(words)
    one = whole(name, body, declared)
    assert found(one) == expected(words, text, name)
    assert in_ranges(name, body, range_bytes, declared) == one


@slow
@given(tables())
def test_a_long_table_has_them_too_in_blocks_of_any_size(table):
    words, text = table[0], table[1] * 40
    body, declared = text.encode(), content_type(words)
    readings = [
        count_source(detect("a.csv", body[:4096], declared), Memory(body, size))
        for size in (1, 255, 1000, len(body))
        if expected(words, text, "a.csv") is not None
    ]
    assert all(found(each) == expected(words, text, "a.csv") for each in readings)


@pytest.mark.parametrize("seed", range(30))
def test_a_table_that_was_written_in_a_dialect_has_its_rows_as_duckdb_counts_them(seed):
    words, text, records = written(random.Random(seed))
    counted = whole("a.csv", text.encode(), content_type(words))
    assert (counted.records, counted.ragged_rows) == (records, 0)
    assert by_duckdb(words, text) == records


@pytest.mark.parametrize(
    ("words", "text", "records", "columns"),
    [
        ({"headerRows": [1, 2]}, "fruit\nid,name\n1,apple\n2,orange\n", 2, "fruit id|fruit name"),
        (
            {"headerRows": [1, 2], "headerJoin": "-"},
            "fruit\nid,name\n1,apple\n2,orange\n",
            2,
            "fruit-id|fruit-name",
        ),
        ({"headerRows": [3]}, "Sales\n\nid,name\n1,a\n", 1, "id|name"),
        ({"commentRows": [2]}, "id,name\n#fruits\n1,apple\n2,orange\n", 2, "id|name"),
        ({"commentRows": [1]}, "made by x\nid,name\n1,a\n", 1, "id|name"),
        ({"commentChar": "#"}, "id,name\n#fruits\n1,apple\n2,orange\n", 2, "id|name"),
        ({"commentChar": "#"}, '# its "\n# by x\nid,name\n"#1",a\n', 1, "id|name"),
        ({"commentChar": "//"}, "/id,name\n// x\n/1,a\n", 1, "/id|name"),
        ({"quoteChar": "'"}, "id,name\n1,'apple,fruits'\n2,'a\nb'\n", 2, "id|name"),
        ({"quoteChar": ""}, 'id,5" pipe\n"1,a\n', 1, 'id|5" pipe'),
        ({"doubleQuote": False}, 'id,name\n1,"a""b,c"\n', 1, "id|name"),
        ({"escapeChar": "|"}, "id,name\n1,apple|,fruits\n2,orange|,fruits\n", 2, "id|name"),
        ({"escapeChar": "\\"}, 'id,name\n1,"say \\"hi, there\\"\nmore"\n2,"c"\n', 2, "id|name"),
        ({"escapeChar": "\\"}, "id,name\r\n1,a\\\r\nb\r\n2,c\r\n", 2, "id|name"),
        ({"skipInitialSpace": True}, 'id, name\n1, "a, b"\n2, "c\nd"\n', 2, "id|name"),
        ({"commentChar": "#", "header": False}, "# x\n1,a\n2,b\n", 2, None),
        ({"nullSequence": "NA"}, "id,name\nNA\n2,NA\n", 2, "id|name"),
        ({"headerRows": [9]}, "id,name\n1,a\n", 0, None),
    ],
)
def test_each_word_of_the_standard_says_what_its_page_shows(words, text, records, columns):
    body, declared = text.encode(), content_type(words)
    counted = whole("a.csv", body, declared)
    names = None if columns is None else tuple(columns.split("|"))
    assert (counted.records, counted.columns) == (records, names)
    assert all(in_ranges("a.csv", body, size, declared) == counted for size in range(1, 12))


def test_a_null_sequence_has_no_effect_since_no_value_is_looked_at():
    assert content_type({"nullSequence": "NA"}) is None


def test_the_delimiter_is_looked_for_below_comments_and_titles():
    text = "# a,b,c\n1;title\nid;name\n1;a,b\n2;c\n# x,y\n"
    declared = content_type({"commentChar": "#", "headerRows": [3]})
    assert whole("a.csv", text.encode(), declared).delimiter == ";"
    quoted = content_type({"quoteChar": "|"})
    assert whole("a.csv", b"a|b\n1|2\n|", quoted) == whole("a.csv", b"a|b\n1|2\n|", quoted)
    assert whole("a.csv", b"a|b\n1|2\n", quoted).delimiter == ","


def test_pandas_reads_the_same_below_titles_and_comments():
    text = "Sales\n\nid;name\n1;'a;b'\n2;'c\nd'\n"
    frame = pd.read_csv(io.StringIO(text), sep=";", quotechar="'", skiprows=2)
    counted = whole("a.csv", text.encode(), content_type({"quoteChar": "'", "headerRows": [3]}))
    assert (counted.records, counted.columns) == (len(frame), tuple(frame.columns))


def test_what_the_sender_declares_comes_before_the_contract_word_by_word():
    from_contract = content_type({"quoteChar": "'", "commentChar": "#"})
    both = with_defaults(
        'text/csv; commentChar="%"; escapeChar="\\\\"; headerRows="2 3"', from_contract
    )
    dialect = detect("a.csv", b"a", both).reading.dialect
    assert (dialect.quote, dialect.comment, dialect.escape) == ("'", "%", "\\")
    assert dialect.header_rows == (2, 3)


@pytest.mark.parametrize(
    "parameter", ["quoteChar=ab", "doubleQuote=perhaps", "headerRows=first", "commentRows=0"]
)
def test_a_word_that_a_sender_gets_wrong_is_named(parameter):
    code, message = whole("a.csv", b"a", f"text/csv; {parameter}")
    assert code == "FORMAT_MISMATCH"
    assert message.startswith(f"the Content-Type's {parameter.partition('=')[0]} must be")


def test_a_delimiter_that_is_a_quote_too_is_refused():
    code, message = whole("a.csv", b"sep='\na", content_type({"quoteChar": "'"}))
    assert code == "FORMAT_MISMATCH"
    assert "is declared to be a quote or an escape, too" in message


def test_one_state_hands_a_dialect_to_the_next_as_json():
    words = {"escapeChar": "\\", "quoteChar": "", "commentRows": [2], "headerJoin": ""}
    detected = detect("a.csv", b"a", content_type(words))
    assert detected_of(detected.to_json()) == detected
    assert detected.reading.dialect.words() == words


def test_a_header_row_is_kept_up_to_a_limit_and_counted_beyond_it(monkeypatch):
    monkeypatch.setattr(dialect_lead, "HEADER_BYTES", 10)
    declared = content_type({"commentChar": "#"})
    assert whole("a.csv", b"a,b\n1,2\n", declared).columns == ("a", "b")
    long = whole("a.csv", b"a,bbbbbbbbbbb\n1,2\n", declared)
    assert (long.records, long.ragged_rows, long.columns) == (1, 0, None)


def test_in_ranges_the_lead_must_end_within_a_limit(monkeypatch):
    monkeypatch.setattr(declared_table, "FIRST_ROW_LIMIT", 20)
    declared = content_type({"headerRows": [400]})
    code, message = in_ranges("a.csv", b"a,b\n" * 50, 9, declared)
    assert (code, FIRST_ROW_LIMIT) == ("TOO_LARGE", 64 << 20)
    assert message.startswith("the first row is over 20 bytes")
