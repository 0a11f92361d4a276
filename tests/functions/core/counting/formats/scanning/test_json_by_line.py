"""JSON values by line: a bad line is named, whatever it begins with, and nothing else is raised."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.detection import detect
from functions.core.counting.formats.scanning.json_by_line import line_by_line
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

BAD = [
    "{bad json, longer than a word}",
    '{[[[{"a":1}{"a":1}',
    '{bad json}{"a":1}{"b":2}',
    '{"a":1}{bad json, longer than a word}',
    "{'a': 1, 'b': 'of Python'}",
    '{"a":1}, longer than a word {"b":2}',
    "[bad json, longer than a word]",
    "bad json, longer than a word",
]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_a_bad_line_is_a_rejection_with_its_place(name, bad, block):
    body = f'{{"a":1}}\n{{"a":2}}\n{bad}\n{{"a":3}}\n'.encode()
    with pytest.raises(InvalidFile) as why:
        count_source(detect(name, body), Memory(body, block))
    assert why.value.code == "MALFORMED_JSON"
    # Objects that follow one another on a line of a .json file are told by their bytes.
    assert any(place in why.value.message for place in ("line 3", "after 2 JSON", "after 3 JSON"))
    assert name == "a.json" or "line 3" in why.value.message


@given(st.text('{}[]":,1a\\ ', max_size=40))
def test_a_line_is_bad_or_holds_what_jsons_own_reader_finds(line):
    found = line_by_line(line.encode())
    try:
        json.loads(line)
    except ValueError:
        blank = not line.strip()
        assert blank or found.wrong is not None or found.adjacent
    else:
        assert (found.records, found.wrong) == (1, None)
