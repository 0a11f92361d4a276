"""What one range of a large file answers the state machine."""

import pytest

from functions.core.processing import count_range
from tests.builders.object_versions import BODY, GIVEN, Content

HOW = {"delimiter": ",", "begins": 0, "widths": [2]}

CUT = {**GIVEN, "ranges": 2, "range_bytes": 6, "how": HOW}


@pytest.mark.parametrize("number", [0, 1])
def test_a_range_answers_its_number_and_what_it_found(number):
    answer = count_range.count_range(CUT, number, Content())
    assert answer.keys() == {"range", "found"}
    assert answer["range"] == number


def test_a_range_that_finds_fault_answers_the_rejection_instead_of_failing():
    answer = count_range.count_range(CUT, 1, Content(BODY[:-2] + b"\xff\n"))
    assert answer["range"] == 1
    assert answer["rejection"]["code"] == "BAD_ENCODING"
