"""Text cut at line ends, a long line by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.formats.scanning import whole_lines as module
from functions.core.counting.formats.scanning.whole_lines import whole_lines
from functions.core.errors import InvalidFile

TEXTS = st.lists(st.sampled_from([b"\n", b"a", b"bcd", b"\r\n"]), max_size=60).map(b"".join)


def cut(text, size):
    return [text[at : at + size] for at in range(0, len(text), size)]


@given(TEXTS, st.integers(1, 9))
def test_the_pieces_are_the_text_and_all_but_the_last_end_a_line(text, size):
    pieces = [bytes(piece) for piece in whole_lines(cut(text, size))]
    assert b"".join(pieces) == text
    assert all(pieces)
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])


@given(TEXTS, st.integers(1, 9))
def test_a_long_line_is_a_piece_of_its_own(text, size):
    """What is held of a long line is joined to its own end alone."""
    given_limit, module.LONG_LINE = module.LONG_LINE, 2
    try:
        pieces = [bytes(piece) for piece in whole_lines(cut(text, size))]
    finally:
        module.LONG_LINE = given_limit
    assert b"".join(pieces) == text
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    for piece in pieces:
        first, _, more = piece.partition(b"\n")
        if len(first) > 2 + size:  # longer than what may be held, with the block that ends it
            assert more == b""


def test_a_line_over_the_limit_is_refused_before_it_is_whole(monkeypatch):
    monkeypatch.setattr(module, "LINE_LIMIT", 10)
    blocks = iter([b"a\n", b"b" * 8, b"b" * 8, b"never read"])
    pieces = whole_lines(blocks)
    assert next(pieces) == b"a\n"
    with pytest.raises(InvalidFile, match="one line is over 0 MiB: write one JSON value a line"):
        next(pieces)
    assert next(blocks) == b"never read"
