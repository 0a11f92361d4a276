"""Small files as people send them: compressed, or of a binary format. Each has its right answer."""

import json
from pathlib import Path

import pytest

from functions.core.errors import InvalidFile
from functions.core.processing.local_file import count_path

INPUTS = Path(__file__).parents[2] / "inputs"
EXPECTED = json.loads((INPUTS / "expected_binary.json").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_as_people_send_it_has_its_right_answer(name):
    expected = EXPECTED[name]
    if "rejected" in expected:
        with pytest.raises(InvalidFile) as caught:
            count_path(INPUTS / name)
        assert caught.value.code == expected["rejected"]
        assert all(each in caught.value.message for each in expected["message_has"])
        assert "\n" not in caught.value.message
    else:
        counted = count_path(INPUTS / name)
        assert {field: getattr(counted, field) for field in expected} == expected
