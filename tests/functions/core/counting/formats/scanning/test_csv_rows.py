"""Rows, and rows of another width, against Python's csv module; UTF-8 against Python's decoder."""

import csv
import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.core.counting.formats.scanning.csv_rows import Rows
from functions.core.counting.formats.scanning.decoding import paired_blocks, utf8_blocks
from functions.core.counting.formats.scanning.masks import (
    Masks,
    between,
    counts_before,
    positions,
    shifted,
)
from functions.core.counting.formats.scanning.utf8 import Utf8
from functions.core.errors import InvalidFile

PIECES = ["a", ",", '"', '""', '"b"', '"c,\nd"', 'x"', ',"', '\n"', "\n", "\r\n", "\r", "e" * 61]
TEXT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join)
EVEN = st.lists(st.sampled_from(['1,"a",b\n', 'c,d"d,\n', ",,\n", '"e,e",,"\n"\n']), max_size=40)
SPOILT = st.tuples(EVEN, TEXT, EVEN).map(lambda parts: "".join((*parts[0], parts[1], *parts[2])))
CHARACTERS = [
    b"a",
    b"\xc3\xbc",
    b"\xe2\x82\xac",
    b"\xed\x95\x9c",
    b"\xe0\xa4\x85",
    b"\xf0\x9f\x98\x80",
]
BYTES = [bytes([each]) for each in (0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2)]
LEADS = [bytes([each]) for each in (0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF)]
fast = settings(max_examples=200)


def table(text):
    """The rows of the csv module that are not blank."""
    return [row for row in csv.reader(io.StringIO(text, newline="")) if row]


def oracle(text):
    """Rows, those of another width than the first, and whether a quoted field stays open."""
    rows = table(text)
    ragged = sum(len(row) != len(rows[0]) for row in rows)
    # Outside of quotes this is one more row; inside it is more of the last field.
    is_open = len(table(text + "\nmore")) == len(rows)
    return (len(rows), ragged, False) if not is_open else (None, None, True)


def read(blocks, delimiter=","):
    rows = Rows(ord(delimiter))
    for block in paired_blocks(blocks):
        rows.feed(block)
    if rows.open_quote:
        return None, None, True
    rows.finish()
    return rows.rows, rows.ragged, False


def cut(body, *places):
    edges = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return [body[a:b] for a, b in pairwise(edges)]


@settings(max_examples=60)
@given(TEXT | SPOILT)
@example('a"b,c\n"d"\n')
@example('a,"b""c"d"\n"e\n",f\n')
def test_any_text_has_the_rows_of_the_csv_module_wherever_it_is_cut(text):
    expected, body = oracle(text), text.encode()
    for place in range(0, len(body), 1 + len(body) // 40):
        assert read(cut(body, place)) == expected


@fast
@given(TEXT | SPOILT, st.integers(1, 9))
def test_any_text_has_the_rows_of_the_csv_module_in_short_blocks(text, size):
    body = text.encode()
    assert read(body[at : at + size] for at in range(0, len(body), size)) == oracle(text)


@pytest.mark.parametrize(
    ("line", "ragged"),
    [('5" pipe,1\n', 0), ('x"y\n', 1), ('"a" b "c",d\n', 0), ('a"",""\n', 0), ('"""",a""b\n', 0)],
)
def test_a_quote_amid_a_field_is_a_character_in_every_line_of_many(line, ragged):
    body = b"a,b\n" + line.encode() * 5_000
    assert read([body]) == (5_001, ragged * 5_000, False)


@fast
@given(st.lists(st.sampled_from([*CHARACTERS, *BYTES, *LEADS, b"b" * 59]), min_size=1, max_size=9))
@example([b"b" * 64, b"\xc3\xbc"])
@example([b"b" * 63, b"\xc3"])
@example([b"b" * 60, b"\xf0\x9f", b"\xe2\x82"])
@example([b"b" * 62, b"\xe2\x82"])
@example([b"b" * 62, b"\xe0", b"\x80"])
def test_a_text_is_utf_8_just_if_it_can_be_decoded(parts):
    text = b"".join(parts)
    assert Utf8().holds(text) == _decodes(text)


def test_every_first_and_second_byte_is_judged_as_by_the_decoder():
    check = Utf8()
    for first in range(256):
        for second in (0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE1):
            for rest in (b"", b"\x80", b"\x80\x80"):
                for text in (bytes([first, second]) + rest, bytes([first, second]) + rest + b"."):
                    assert check.holds(text) == _decodes(text), text


def test_a_character_cut_off_by_the_next_is_seen_where_a_block_ends_amid_the_next():
    good = ("\u20ac" * 30).encode()
    blocks = [good, good + b"\xe2\x82" + b"\xe2\x82", b"\xac"]
    for padding in range(130):
        with pytest.raises(InvalidFile):
            list(utf8_blocks([blocks[0], b"." * padding + blocks[1], blocks[2]], "utf-8"))


@pytest.mark.parametrize(("encoding", "bad"), [("utf-8", b"\xff"), ("ascii", b"\x80")])
def test_a_rejection_tells_about_where_the_text_stops_being_text(encoding, bad):
    blocks = [b"a" * 10, b"b" * 20, b"", b"c" * 5 + bad + b"d"]
    with pytest.raises(InvalidFile, match=f"not {encoding} at about byte 35: "):
        list(utf8_blocks(blocks, encoding))


def _decodes(text):
    try:
        text.decode()
    except UnicodeError:
        return False
    return True


@fast
@given(st.lists(st.booleans(), min_size=1, max_size=300), st.booleans(), st.integers(1, 3))
def test_masks_do_what_is_done_bit_by_bit(flags, start_inside, places):
    data = np.array(flags, np.uint8)
    words = Masks().of(data, 1)
    assert list(positions(words)) == [at for at, flag in enumerate(flags) if flag]
    assert bits(shifted(words, places), len(flags)) == ([False] * places + flags)[: len(flags)]
    inside, expected = start_inside, []
    for flag in flags:
        inside ^= flag
        expected.append(inside)
    assert bits(between(words, start_inside=start_inside), len(flags)) == expected
    asked = np.arange(len(flags))
    assert list(counts_before(words, asked)) == [sum(flags[:at]) for at in asked]


def bits(words, size):
    return np.unpackbits(words.view(np.uint8), bitorder="little")[:size].astype(bool).tolist()
