"""The delimiter that a table says itself, held against what foreign tools write and find."""

import csv
import io
import tempfile

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.counting.detection import detect
from functions.core.counting.formats.scanning.dialect import Dialect, sniffed
from functions.core.counting.whole_file import count_source
from tests.builders.contents import Memory

ROWS = [
    ["id", "name", "note"],
    ["1", "Anna, Bert", "x;y|z"],
    ["2", "line\nbreak", ""],
    ["3", "", "q"],
]
DELIMITERS = [",", ";", "\t", "|"]


def written(rows, delimiter, **options):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, **options).writerows(rows)
    return out.getvalue().encode()


def counted(body, name="a.csv", content_type=None, block=1 << 20):
    return count_source(detect(name, body[:4096], content_type), Memory(body, block))


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_with_the_delimiter_that_it_was_written_with(delimiter, quoting, end):
    body = written(ROWS, delimiter, quoting=quoting, lineterminator=end)
    found = counted(body)
    assert (found.delimiter, found.records, found.columns) == (delimiter, 3, tuple(ROWS[0]))
    assert found.ragged_rows == 0


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_what_pandas_and_polars_write_is_read_so(delimiter, tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "name": ["a,b", 'c"d\n'], "rate": [1.5, None]})
    frame.to_csv(tmp_path / "p.csv", sep=delimiter, index=False)
    pl.from_pandas(frame).write_csv(tmp_path / "q.csv", separator=delimiter)
    for name in ("p.csv", "q.csv"):
        found = counted((tmp_path / name).read_bytes())
        assert (found.delimiter, found.records) == (delimiter, 2)


@pytest.mark.parametrize("first", ["sep=;\r\n", "SEP=;\n", "sep=;\r"])
def test_a_line_of_excel_names_the_delimiter_and_is_no_row(first):
    found = counted(first.encode() + b"a,x;b\r\n1;2\r\n")
    assert (found.delimiter, found.records, found.columns) == (";", 1, ("a,x", "b"))


def test_what_the_sender_declares_comes_before_what_the_text_seems_to_be():
    found = counted(b"a;b,c\n1;2,3\n", content_type='text/csv; delimiter=","')
    assert (found.delimiter, found.columns) == (",", ("a;b", "c"))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id\n1\n2\n", ","),
        ("", ","),
        ("a;b\n1,5;2\n3,5;4\n", ";"),
        ("a,b;c\n1,2;3\n", ","),
        ("a,b,c;d\n1;2\n3;4\n", ";"),
        ("a|b\tc\td\n1|2\t3\t4\n", "\t"),
    ],
)
def test_the_share_of_equal_records_decides_then_the_fields_then_the_order(text, delimiter):
    assert sniffed(text.encode(), complete=True) == Dialect(delimiter)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=9)
)


@settings(max_examples=150)
@given(TABLE, st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r\n"]), st.integers(1, 64))
def test_a_declared_table_has_the_rows_that_the_csv_module_reads(rows, delimiter, end, block):
    body = written(rows, delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    found = counted(body, content_type=f'text/csv; delimiter="{delimiter}"', block=block)
    assert (found.records, found.ragged_rows) == (len(rows) - 1, 0)


WORD = st.text("abcdefghij 0123456789.", min_size=1, max_size=8)
PLAIN = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(WORD, min_size=width, max_size=width), min_size=4, max_size=30)
)


@settings(max_examples=40)
@given(PLAIN, st.sampled_from(DELIMITERS))
def test_duckdb_finds_the_same_delimiter(rows, delimiter):
    body = written(rows, delimiter, lineterminator="\n")
    found = counted(body)
    assert (found.delimiter, found.records, found.ragged_rows) == (delimiter, len(rows) - 1, 0)
    with duckdb.connect() as connection, tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(body)
        file.flush()
        sniffed_so = connection.execute("select Delimiter from sniff_csv(?)", [file.name])
        assert sniffed_so.fetchone()[0] == found.delimiter


@pytest.mark.parametrize(
    ("line", "delimiter"), [(b'"sep=;"', ";"), (b'"SEP=\t"', "\t"), (b"sep=|", "|")]
)
def test_a_sep_line_may_stand_in_quotes_as_many_write_it(line, delimiter):
    found = sniffed(line + b"\r\nid;name\r\n", complete=True)
    assert (found.delimiter, found.skipped) == (delimiter, len(line) + 2)


@pytest.mark.parametrize("line", [b'"sep=;', b'sep=;"', b'sep="', b"sep=\n", b"sep=\r", b"sep=;;"])
def test_another_first_line_is_a_row(line):
    assert sniffed(line + b"\nid,name\n", complete=True).skipped == 0
