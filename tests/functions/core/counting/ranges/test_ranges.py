"""Ranges of a file, wherever it is cut, add up to what a reading of all of it finds."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.core.counting.detection import detect
from functions.core.counting.formats import delimited
from functions.core.counting.formats.scanning import boundaries, csv_pieces
from functions.core.counting.ranges import ranges
from functions.core.counting.ranges.ranges import RANGES_OF_LIMIT, count_range, merge, plan
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

BLOCK = 7
slow = settings(max_examples=400)
CSV_PIECES = ["a", ",", '"', '"b"', '"c\nd"', '""', "\n", "\r\n", "\r", "x", "\u20ac", "\U0001f600"]
CSV_TEXT = st.lists(st.sampled_from(CSV_PIECES), min_size=1, max_size=25).map("".join)
JSON_PIECES = ['{"a": 1}', "\n", "\r\n", "\r", " ", "[", '"\u20ac"', "1", '"\\n"', "\ufeff"]
JSON_TEXT = st.lists(st.sampled_from(JSON_PIECES), min_size=1, max_size=20).map("".join)
GOOD_LINES = st.lists(
    st.sampled_from(['{"a": 1}\n', "\n", "\r\n", '"\u20ac\U0001f600"\r', " 1 \n"]), min_size=1
).map("".join)
BROKEN_UTF8 = st.lists(
    st.sampled_from(
        [b"a", b",", b"\n", b"\xe2\x82\xac", b"\xe2\x82", b"\x80", b"\xf0\x9f\x98\x80"]
    ),
    min_size=1,
).map(b"".join)


def detected(name, body, content_type=None):
    return detect(name, body[:4096], content_type)


def whole(name, body, content_type=None):
    """What a reading of the whole file finds: its count, or the rejection."""
    try:
        return count_source(detected(name, body, content_type), Memory(body, BLOCK))
    except InvalidFile as why:
        return why.code, why.message


def in_ranges(name, body, range_bytes, content_type=None):
    """The same by ranges of so many bytes, each answer handed on as JSON."""
    try:
        found, source = detected(name, body, content_type), Memory(body, BLOCK)
        cut = plan(found, source, range_bytes * RANGES_OF_LIMIT)
        if cut is None:
            cut = plan(found, Longer(body), range_bytes * RANGES_OF_LIMIT)
            cut = ranges.Ranges(-(-len(body) // range_bytes), range_bytes, cut.how)
        answers = [count_range(found, cut, number, source) for number in range(cut.ranges)]
        return merge(found, cut, json.loads(json.dumps(answers[::-1])), source)
    except InvalidFile as why:
        return why.code, why.message


class Longer(Memory):
    """A file that says that it is larger than it is, so that a short one is cut too."""

    def __init__(self, body):
        super().__init__(body)
        self.size = 1_000

    def blocks(self):
        return self.part(0, len(self.body))


def code_of(found):
    return found[0] if isinstance(found, tuple) else found


@slow
@given(CSV_TEXT, st.integers(1, 40))
@example('"a","b"\n"c\n,""d"\n', 3)
@example("a\r\nb\r\n", 2)
def test_rows_add_up_wherever_a_table_is_cut(body, range_bytes):
    assert in_ranges("a.csv", body.encode(), range_bytes) == whole("a.csv", body.encode())


@slow
@given(CSV_TEXT, st.integers(1, 40))
def test_rows_without_a_header_add_up_too(body, range_bytes):
    text, kind = body.encode(), "text/csv; header=absent"
    assert in_ranges("a.tsv", text, range_bytes, kind) == whole("a.tsv", text, kind)


@slow
@given(JSON_TEXT | GOOD_LINES, st.integers(1, 40))
def test_json_lines_add_up_and_a_bad_line_has_its_number(body, range_bytes):
    text = body.encode()
    assert in_ranges("a.jsonl", text, range_bytes) == whole("a.jsonl", text)


@slow
@given(CSV_TEXT, st.integers(1, 40), st.booleans())
def test_lines_add_up_with_and_without_a_byte_order_mark(body, range_bytes, marked):
    text = (b"\xef\xbb\xbf" if marked else b"") + body.encode()
    assert in_ranges("a.log", text, range_bytes) == whole("a.log", text)
    assert in_ranges("a.csv", text, range_bytes) == whole("a.csv", text)


@slow
@given(BROKEN_UTF8, st.integers(1, 12), st.sampled_from(["a.csv", "a.log", "a.jsonl"]))
def test_what_is_no_utf_8_is_rejected_wherever_it_is_cut(body, range_bytes, name):
    expected, found = whole(name, body), in_ranges(name, body, range_bytes)
    assert code_of(found) == code_of(expected)


BAD_LINES = [b'{"a":1}\n', b"{]\n", b'"\xe2\x82"\n', b'"\x80"\r\n', b"\n", b'"\xe2\x82\xac"\n']


@slow
@given(st.lists(st.sampled_from(BAD_LINES), min_size=1).map(b"".join), st.integers(1, 40))
@example(b"".join([BAD_LINES[0], BAD_LINES[1], BAD_LINES[0], BAD_LINES[2]]), 30)
def test_the_first_bad_line_is_told_be_it_no_json_or_no_utf_8(body, range_bytes):
    assert in_ranges("a.jsonl", body, range_bytes) == whole("a.jsonl", body)


@slow
@given(CSV_TEXT, CSV_TEXT, CSV_TEXT)
def test_pieces_of_a_table_may_be_joined_in_any_grouping(one, two, three):
    first, second, third = (
        csv_pieces.read([each.encode()], ord(","), 2) for each in (one, two, three)
    )
    left = csv_pieces.joined(csv_pieces.joined(first, second, 2), third, 2)
    right = csv_pieces.joined(first, csv_pieces.joined(second, third, 2), 2)
    assert left == right
    assert (
        csv_pieces.joined(csv_pieces.NOTHING, first, 2)
        == first
        == csv_pieces.joined(first, csv_pieces.NOTHING, 2)
    )


@slow
@given(CSV_TEXT, st.integers(1, 9), st.integers(1, 3))
@example("a,b\n1\n2,3\n", 3, 2)
def test_a_piece_is_read_alike_in_one_block_and_in_many(text, size, width):
    body = text.replace("\r", "").encode()  # no block ends within \r\n
    whole = csv_pieces.read([body], ord(","), width)
    cut = (body[at : at + size] for at in range(0, len(body), size))
    assert csv_pieces.read(cut, ord(","), width) == whole


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.json", None), ("a.csv", "text/csv; charset=utf-16"), ("a.csv", "text/csv; charset=cp932")],
)
def test_what_cannot_be_cut_is_too_large(name, content_type):
    assert in_ranges(name, b"[1, 2]" * 9, 2, content_type)[0] == "TOO_LARGE"


def test_a_file_up_to_the_limit_is_not_cut_and_none_is_without_a_limit():
    body = b"id\n1\n2\n3\n"
    found = detected("a.csv", body)
    assert plan(found, Memory(body), len(body)) is None
    assert plan(found, Memory(body), 0) is None
    assert plan(found, Memory(body), len(body) - 1).ranges == len(body)


def test_the_number_of_ranges_is_limited():
    body = b"x\n" * 10_001
    with pytest.raises(InvalidFile) as caught:
        plan(detected("a.txt", body), Memory(body, BLOCK), 2 * RANGES_OF_LIMIT)
    assert caught.value.code == "TOO_LARGE"


def test_a_first_row_over_the_limit_is_too_large(monkeypatch):
    monkeypatch.setattr(delimited, "FIRST_ROW_LIMIT", 70_000)
    body = b"x" * 100_000 + b"\n1\n"
    assert in_ranges("a.csv", body, 12_000)[0] == "TOO_LARGE"


def test_a_line_over_the_limit_is_not_searched_to_its_end(monkeypatch):
    monkeypatch.setattr(boundaries, "LINE_LIMIT", 1 << 20)
    body = b"1\n" + b"2" * (8 << 20)
    assert in_ranges("a.jsonl", body, 1 << 20)[0] == "TOO_LARGE"


@pytest.mark.parametrize("answers", [[0], [0, 0], [0, 1, 2]])
def test_a_missing_or_repeated_answer_is_no_count(answers):
    body = b"x\n" * 8
    found, source = detected("a.txt", body), Memory(body, BLOCK)
    cut = ranges.Ranges(2, 8, {})
    given_ = [count_range(found, cut, number % 2, source) | {"range": number} for number in answers]
    with pytest.raises(ValueError, match="2 ranges"):
        merge(found, cut, given_, source)
