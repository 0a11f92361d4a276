"""Lines and JSON lines of pieces: two of them, one after the other, are as the whole."""

import json

from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.formats.scanning.json_by_line import QuickCount
from functions.core.counting.formats.scanning.line_pieces import (
    Lines,
    Values,
    read_lines,
    read_values,
    values_in,
)

LINES = st.lists(
    st.sampled_from(
        [b"{}", b'{"a":1}', b"1", b'"x"', b"", b" ", b"{}{}", b"wrong", b'{"a":', b"\x00"]
    ),
    max_size=12,
)


def cut(body, size):
    return [body[at : at + size] for at in range(0, len(body), size)]


@given(st.binary(max_size=30), st.data())
def test_the_lines_of_two_pieces_are_those_of_the_whole(body, data):
    at = data.draw(st.integers(0, len(body)))
    both = read_lines(cut(body[:at], 3)).then(read_lines(cut(body[at:], 3)))
    assert both == read_lines(cut(body, 7))
    assert both.records == len(body.split(b"\n")) - (body.endswith(b"\n") or not body)
    assert Lines(**json.loads(json.dumps(both.to_json()))) == both


@given(LINES, LINES, st.integers(1, 9))
def test_the_values_of_two_pieces_of_whole_lines_are_those_of_the_whole(first, second, size):
    pieces = [b"".join(line + b"\n" for line in lines) for lines in (first, second)]
    both = read_values(cut(pieces[0], size))
    if both.wrong is None:
        both = both.then(read_values(cut(pieces[1], size)))
    whole = read_values([b"".join(pieces)])
    assert (both.records, both.wrong) == (whole.records, whole.wrong)
    shown = json.loads(json.dumps(both.to_json()))
    wrong = tuple(shown.pop("wrong")) if shown["wrong"] else shown.pop("wrong")
    assert Values(**shown, wrong=wrong) == both


@given(LINES)
def test_many_lines_at_once_and_each_by_itself_give_the_same(lines):
    """Up to the first line that holds no value."""
    found = values_in(b"".join(line + b"\n" for line in lines), QuickCount())
    records = 0
    for number, line in enumerate(lines, 1):
        several = 2 if line == b"{}{}" else bool(line.strip())
        if line in {b"wrong", b'{"a":', b"\x00"}:
            assert found.wrong is not None
            assert found.wrong[0] == number
            break
        records += several
    else:
        assert found.wrong is None
        assert found.adjacent is (b"{}{}" in lines)
    assert found.records == records
