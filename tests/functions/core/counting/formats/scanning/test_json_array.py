"""The elements of a JSON array, counted a piece at a time: as json reads it whole."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.formats.scanning import json_array
from functions.core.counting.formats.scanning.json_array import ArrayCount
from functions.core.errors import InvalidFile

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a"\\[]{},\n é', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
FAULTS = {
    "[1,,2]": "an element is missing at about byte 3",
    "[1,2,]": "an element is missing at about byte 5",
    "[,1]": "an element is missing at about byte 1",
    "[1,2": "the array is not closed: the file ends within it",
    "[": "the array is not closed: the file ends within it",
    '[1,"a]': "the array is not closed: the file ends within it",
    "[1,x]": "not a JSON document",
    "[1 2]": "not a JSON document",
    "[1}": "not a JSON document",
}


def counter(body, size):
    """Of an array whose bracket is the first byte of the file."""
    rest = body[1:]
    blocks = (rest[at : at + size] for at in range(0, len(rest), size))
    return ArrayCount(iter(blocks), 1)


@given(st.lists(VALUES, max_size=12), st.sampled_from([None, 2]), st.integers(1, 40))
def test_the_count_is_that_of_jsons_own_reader_in_blocks_of_any_size(values, indent, size):
    body = json.dumps(values, indent=indent).encode()
    counted = counter(body + b" \n", size)
    assert counted.count() is None
    assert counted.elements == len(values)


@given(st.lists(VALUES, max_size=5), st.integers(1, 40))
def test_where_the_array_ends_the_text_after_it_is_given_back_with_its_place(values, size):
    body = json.dumps(values).encode()
    counted = counter(body + b' {"more": [1]}\n', size)
    follows = counted.count()
    assert b"".join(follows).strip() == b'{"more": [1]}'
    assert counted.place in {len(body), len(body) + 1}


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_named_alike_in_blocks_of_any_size(text, size):
    with pytest.raises(InvalidFile) as why:
        counter(text.encode(), size).count()
    assert why.value.code == "MALFORMED_JSON"
    assert FAULTS[text] in why.value.message


def test_an_element_that_is_too_large_is_refused_before_it_is_whole(monkeypatch):
    monkeypatch.setattr(json_array, "VALUE_LIMIT", 50)
    blocks = iter([b'{"a":"' + b"x" * 40, b"x" * 40, b"never read"])
    with pytest.raises(InvalidFile) as why:
        ArrayCount(blocks, 1).count()
    assert why.value.code == "TOO_LARGE"
    assert next(blocks) == b"never read"
