"""Medians and differences of weekdays."""

import math

import pytest

from functions.core.reporting.unusual.rule import (
    DAYS_AGO,
    ratio,
    steps,
    usual_difference,
    usual_if_far,
)

AMOUNT, HOURS = ratio(2), steps(3600)


def test_half_and_double_are_as_far_as_each_other():
    past = dict.fromkeys(DAYS_AGO, 998.0)
    assert [usual_if_far(each, past, AMOUNT) for each in (664, 670, 1496, 1503)] == [
        998,
        None,
        None,
        998,
    ]


def test_the_usual_difference_leaves_out_the_two_days_that_were_odd_themselves():
    past = dict.fromkeys(DAYS_AGO, 100.0) | {1: 5.0, 9: 900.0}
    assert usual_difference(past, AMOUNT) == 0


def test_of_few_pairs_the_largest_decides():
    past = {7: 100.0, 14: 110.0, 21: 100.0, 28: 130.0}
    assert usual_difference(past, AMOUNT) == pytest.approx(0.7 * math.log(132 / 102))


def test_days_without_files_say_nothing_of_how_much_numbers_differ():
    past = {ago: 0.0 if ago % 7 else 100.0 for ago in DAYS_AGO} | {7: 120.0}
    assert usual_difference(past, AMOUNT) == pytest.approx(0.7 * math.log(122 / 102))


@pytest.mark.parametrize(("difference", "factor"), [(0, 1.5), (0.1, 1.5), (0.2, 1.5**4)])
def test_a_number_that_jumps_has_to_jump_further(difference, factor):
    assert AMOUNT.limit(difference) == pytest.approx(math.log(factor))


def test_a_time_is_far_from_an_hour_on_or_six_usual_differences():
    assert [HOURS.limit(each) for each in (0, 600, 1200)] == [3600, 3600, 7200]
