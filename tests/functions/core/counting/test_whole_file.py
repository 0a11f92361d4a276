"""Counts against Python's own csv and json modules, whatever the file and wherever it is cut."""

import contextlib
import csv
import gzip
import io
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from functions.core.processing.local_file import count_path

CELL = st.text(st.sampled_from('ab,"\n\r\t ;é€😀'), max_size=6)
ROW = st.lists(CELL, min_size=1, max_size=4)
TABLE = st.lists(ROW, min_size=1, max_size=8)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBER = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
MEMBER = st.binary(min_size=1, max_size=40).map(lambda body: b"x" + body.hex().encode() + b"\n")
PLACES = st.lists(st.integers(0, 999), max_size=4)
NAMES = ["a.csv", "a.json", "a.jsonl", "a.txt", "a.tsv", "a.csv.gz", "a.bin"]
fast = settings(max_examples=150)


class Memory:
    """A file's content in memory, read in these pieces."""

    def __init__(self, body, pieces=None):
        self.size = len(body)
        self.body = body
        self.pieces = pieces or [body]

    def blocks(self):
        return iter(self.pieces)

    def read(self, start, length):
        return self.body[start : start + length]


def cut(body, *places):
    """The body in pieces, cut at these places."""
    edges = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return [body[a:b] for a, b in pairwise(edges)]


def count(name, body, pieces=None, content_type=None):
    return count_source(detect(name, body[:4096], content_type), Memory(body, pieces))


def records(name, body, **options):
    return count(name, body, **options).records


def code(name, body, content_type=None):
    with pytest.raises(InvalidFile) as caught:
        count(name, body, content_type=content_type)
    assert caught.value.message
    return caught.value.code


def written(rows, terminator, quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO()
    csv.writer(out, lineterminator=terminator, quoting=quoting).writerows(rows)
    return out.getvalue().encode()


def oracle(body):
    """Rows by the csv module, without the blank ones and the header."""
    rows = [row for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) if row]
    return max(len(rows) - 1, 0)


@fast
@given(TABLE, st.sampled_from(["\n", "\r\n"]), st.lists(st.integers(0, 999), max_size=4))
def test_rows_are_counted_as_the_csv_module_does_wherever_the_file_is_cut(rows, end, places):
    body = written(rows, end)
    declared = "text/csv; delimiter=,"
    assert records("a.csv", body, pieces=cut(body, *places), content_type=declared) == oracle(body)


@fast
@given(st.lists(st.sampled_from(["a", ",", '"b"', '"c\nd"', '""', "\n", "\r\n", "x"]), min_size=1))
def test_any_text_counts_as_in_the_csv_module_or_has_an_open_quote(parts):
    body = "".join(parts).encode()
    try:
        found = records("a.csv", body)
    except InvalidFile as rejected:
        found = rejected.code
    assert found in {"MALFORMED_CSV", oracle(body)}


@fast
@given(st.lists(JSON, min_size=1, max_size=6), st.lists(st.integers(0, 999), max_size=4))
def test_json_lines_are_counted_wherever_the_file_is_cut(values, places):
    body = "".join(f"{json.dumps(value)}\n\n" for value in values).encode()
    assert records("a.jsonl", body, pieces=cut(body, *places)) == len(values)


@fast
@given(JSON, st.lists(st.integers(0, 999), max_size=4))
def test_a_json_document_counts_its_elements_or_one(value, places):
    body = json.dumps(value, ensure_ascii=False).encode()
    expected = len(value) if isinstance(value, list) else 1
    assert records("a.json", body, pieces=cut(body, *places)) == expected


@fast
@given(st.lists(MEMBER, min_size=1, max_size=4), PLACES)
def test_gzip_members_count_as_one_file_wherever_it_is_cut(members, places):
    body = b"".join(gzip.compress(member) for member in members)
    counted = count("a.txt.gz", body, pieces=cut(body, *places))
    assert counted.records == len(members)
    assert counted.uncompressed_bytes == sum(map(len, members))


@fast
@given(st.binary(max_size=300), st.sampled_from(NAMES))
def test_any_bytes_are_counted_or_rejected_and_nothing_else(body, name):
    with contextlib.suppress(InvalidFile):
        assert records(name, body) >= 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"id,note\n1,x\n2,y", 2),
        (b"id\r1\r2\r", 2),
        (b"\xef\xbb\xbfid\n1\n", 1),
        (b"id\n\n\n1\n\n", 1),
        (b'id\n"a\n\nb"\n', 1),
        (b'id\n"say ""hi"""\n', 1),
        (b'id,x\na"b,1\nc,2\n', 2),
        (b"id\n", 0),
    ],
)
def test_a_row_is_a_logical_row_after_the_header(body, expected):
    assert records("a.csv", body) == expected


def test_a_field_of_a_megabyte_is_a_field():
    assert records("a.csv", b'id\n"' + b"x" * 1_000_000 + b'"\n') == 1


def test_without_a_header_the_first_row_counts_too():
    counted = count("a.csv", b"1,x\n2,y\n", content_type="text/csv; header=absent")
    assert (counted.records, counted.columns) == (2, None)


def test_the_header_names_the_columns():
    assert count("a.csv", b'\xef\xbb\xbfid,"the, note"\n1,x\n').columns == ("id", "the, note")


def test_rows_of_another_width_are_told_and_counted():
    counted = count("a.csv", b"a,b\n1,2\n1\n1,2,3\n")
    assert (counted.records, counted.ragged_rows) == (3, 2)


def test_lines_are_counted_with_any_ending():
    assert records("a.log", b"one\ntwo\r\nthree\rfour") == 4


def test_another_encoding_is_read_where_the_upload_names_it():
    body = "id,name\n1,Zo\u00eb\n".encode("latin-1")
    assert code("a.csv", body) == "BAD_ENCODING"
    assert records("a.csv", body, content_type="text/csv; charset=iso-8859-1") == 1
    wide = "id\n1\n2\n".encode("utf-16")
    assert records("a.csv", wide, content_type="text/csv; charset=utf-16") == 2


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.csv", b"", "EMPTY_FILE"),
        ("a.csv.gz", gzip.compress(b""), "EMPTY_FILE"),
        ("a.png", b"x", "UNSUPPORTED_FORMAT"),
        ("noextension", b"x", "UNSUPPORTED_FORMAT"),
        ("a.csv.gz", b"id\n1\n", "FORMAT_MISMATCH"),
        ("a.csv", b"\x00\x01\x02\x03", "BAD_ENCODING"),
        ("a.json", b"\x00\x01\x02\x03", "FORMAT_MISMATCH"),
        ("a.txt", b"\xff\xfe\xfd", "BAD_ENCODING"),
        ("a.txt.gz", gzip.compress(b"x" * 999)[:15] + b"\xff" * 20, "CORRUPT_COMPRESSION"),
        ("a.txt.gz", gzip.compress(b"x\n" * 999)[:-9], "TRUNCATED"),
        ("a.txt.gz", gzip.compress(gzip.compress(gzip.compress(b"1"))), "DECOMPRESSION_LIMIT"),
        ("a.csv", b'id\n"open\n', "MALFORMED_CSV"),
        ("a.json", b"{", "MALFORMED_JSON"),
        ("a.json", b"[1] 2", "MALFORMED_JSON"),
        ("a.jsonl", b"{}\nnope\n", "MALFORMED_JSON"),
        ("a.json", b"[" * 100_000, "MALFORMED_JSON"),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
def test_a_bad_file_is_rejected_with_its_code(name, body, expected):
    assert code(name, body) == expected


def test_a_rejection_of_json_lines_names_the_line():
    with pytest.raises(InvalidFile) as caught:
        count("a.jsonl", b"{}\n\n{]\n")
    assert "line 3" in caught.value.message


def test_charsets_nobody_knows_are_rejected():
    assert code("a.csv", b"id\n", content_type="text/csv; charset=klingon") == "BAD_ENCODING"


def test_a_file_on_disk_is_counted_by_its_path(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"id\n1\n"))
    counted = count_path(path)
    assert (counted.format, counted.compression, counted.records) == ("csv", "gzip", 1)
