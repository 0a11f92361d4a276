"""Durations and times of day in words."""

import pytest

from functions.core.reporting.unusual.times import clock, long, second_of_day


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2.0 h")],
)
def test_a_duration_is_told_in_its_largest_unit(seconds, said):
    assert long(seconds) == said


def test_a_moment_has_a_time_of_day():
    assert clock(second_of_day("2026-11-22T10:07:59Z")) == "10:07"
    assert second_of_day(None) is None
