"""JSON objects and arrays one after the other, however they are laid out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.formats.scanning import json_stream
from functions.core.counting.formats.scanning.json_stream import ValueStream
from functions.core.errors import InvalidFile

OBJECTS = st.dictionaries(st.text('a"\\{}[]\né', max_size=4), st.integers() | st.text(max_size=4))


def stream(body, size):
    return ValueStream(body[at : at + size] for at in range(0, len(body), size))


@given(st.lists(OBJECTS, max_size=9), st.sampled_from([None, 1]), st.integers(1, 30))
def test_values_on_lines_of_their_own_are_counted_in_blocks_of_any_size(values, indent, size):
    text = "\n".join(json.dumps(each, indent=indent) for each in values)
    found = stream(text.encode(), size)
    assert found.count() == len(values)
    assert not found.adjacent


@given(st.lists(OBJECTS, min_size=2, max_size=9), st.sampled_from(["", " "]), st.integers(1, 30))
def test_objects_that_follow_one_another_directly_count_and_are_said_to(values, between, size):
    found = stream(between.join(map(json.dumps, values)).encode(), size)
    assert found.count() == len(values)
    assert found.adjacent


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":1}\n5\n', "after 1 JSON value, at about byte 8: neither an object nor an array"),
        ("{}\n{}\n[1][2]", "after 3 JSON values, at about byte 9: a value that is not on a line"),
        ('{"a":1}\n{"a":', "after 1 JSON value, at about byte 8"),
        ('{"a":1}\n{"a" 1}', "after 1 JSON value, at about byte 8"),
    ],
)
def test_a_fault_is_named_with_its_place_in_blocks_of_any_size(text, said, size):
    with pytest.raises(InvalidFile) as why:
        stream(text.encode(), size).count()
    assert why.value.code == "MALFORMED_JSON"
    assert said in why.value.message
    assert why.value.message.endswith(": write one JSON value a line")


def test_a_value_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(json_stream, "VALUE_LIMIT", 50)
    with pytest.raises(InvalidFile, match="one value is over 0 MiB: write smaller ones"):
        stream(b'{"a":"' + b"x" * 100 + b'"}', 10).count()
