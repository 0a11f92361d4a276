"""Where a range's own text begins: neighbours agree, and no character or line is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.formats.scanning import boundaries
from functions.core.counting.formats.scanning.boundaries import character_boundary, line_boundary
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

TEXTS = st.lists(st.sampled_from(["a", "\n", "\r", "\r\n", "é", "€", "\U0001f600"]), max_size=30)


@given(TEXTS, st.data())
def test_a_character_boundary_is_the_first_place_from_here_on_that_cuts_nothing(pieces, data):
    text = "".join(pieces)
    body = text.encode()
    place = data.draw(st.integers(0, len(body)))
    whole = {0, len(body)} | {
        len(text[:at].encode())
        for at in range(len(text))
        if not (text[:at].endswith("\r") and text[at] == "\n")
    }
    assert character_boundary(Memory(body), place) == min(at for at in whole if at >= place)


@given(TEXTS, st.data())
def test_a_line_boundary_is_the_first_place_from_here_on_where_a_line_begins(pieces, data):
    body = "".join(pieces).encode()
    place = data.draw(st.integers(0, len(body)))
    lines = itertools.accumulate(map(len, body.splitlines(keepends=True)), initial=0)
    assert line_boundary(Memory(body), place) == min(at for at in lines if at >= place)


def test_an_end_of_line_that_is_cut_by_the_end_of_a_piece_is_one(monkeypatch):
    monkeypatch.setattr(boundaries, "FIRST_STEP", 4)
    body = b"abcd\r\nef\n"
    assert [line_boundary(Memory(body), place) for place in (1, 2, 5, 6)] == [6, 6, 6, 6]


def test_bytes_that_are_no_utf_8_are_cut_after_three_at_most():
    body = b"\x80" * 9
    assert character_boundary(Memory(body), 2) == 5


@pytest.mark.parametrize("place", [-1, 0, 5, 6])
@pytest.mark.parametrize("boundary", [character_boundary, line_boundary])
def test_a_place_outside_of_the_file_is_its_beginning_or_its_end(boundary, place):
    assert boundary(Memory(b"ab\ncd"), place) == (0 if place <= 0 else 5)


def test_a_line_that_does_not_end_is_refused(monkeypatch):
    monkeypatch.setattr(boundaries, "LINE_LIMIT", 8)
    monkeypatch.setattr(boundaries, "FIRST_STEP", 4)
    monkeypatch.setattr(boundaries, "LONGEST_STEP", 4)
    with pytest.raises(InvalidFile, match="one line is over"):
        line_boundary(Memory(b"a" * 100), 1)
