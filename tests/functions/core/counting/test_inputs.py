"""Small files as people send them, of every kind. Each has its right answer."""

import json
from pathlib import Path

import pytest

from functions.core.counting.detection import HEAD_BYTES, detect
from functions.core.counting.ranges import ranges
from functions.core.errors import InvalidFile
from functions.core.processing.local_file import count_path
from tests.builders.contents import Memory

INPUTS = Path(__file__).parents[2] / "inputs"
EXPECTED = {
    name: expected
    for kind in ("text", "binary")
    for name, expected in json.loads((INPUTS / f"expected_{kind}.json").read_text()).items()
}


def answer(name):
    """What is said of a file: its count, or its rejection."""
    try:
        return count_path(INPUTS / name)
    except InvalidFile as why:
        return why


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_as_people_send_it_has_its_right_answer(name):
    expected, found = dict(EXPECTED[name]), answer(name)
    if "rejected" in expected:
        assert found.code == expected["rejected"]
        assert all(each in found.message for each in expected.get("message_has", ()))
        assert "\n" not in found.message
        return
    if "columns" in expected:
        expected["columns"] = tuple(expected["columns"])
    assert {field: getattr(found, field) for field in expected} == expected


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1000])
@pytest.mark.parametrize("name", [name for name in EXPECTED if name.endswith((".csv", ".tsv"))])
def test_its_ranges_say_the_same_as_one_reading_of_it(name, size):
    body = (INPUTS / name).read_bytes()
    try:
        detected = detect(name, body[:HEAD_BYTES])
    except InvalidFile:
        return
    if detected.reading.encoding != "utf-8":
        return
    source = Memory(body)
    try:
        cut = ranges.plan(detected, source, 1)
        cut = ranges.Ranges(-(-len(body) // size), size, cut.how)
        parts = [ranges.count_range(detected, cut, number, source) for number in range(cut.ranges)]
        found = ranges.merge(detected, cut, parts, source)
    except InvalidFile as why:
        found = why
    whole = answer(name)
    if isinstance(whole, InvalidFile):
        assert (found.code, found.message) == (whole.code, whole.message)
    else:
        assert found == whole
