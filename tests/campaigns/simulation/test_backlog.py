"""A burst of any size waits, and none fails; what the model says was so before is so in it."""

import pytest
from backlog import EVENTS, NO_CAPACITY, OLD, burst, retries


@pytest.mark.parametrize(
    ("files", "slots", "seconds", "share"),
    [(5000, 10, 1, 0.15), (20_000, 10, 0.3, 0.23), (50_000, 50, 1, 0.45)],
)
def test_the_retries_of_minutes_failed_as_many_as_were_reckoned(files, slots, seconds, share):
    """The shares of the review that found it: the model is not kinder than that."""
    found = burst(files, slots, seconds, [OLD, OLD])
    assert found.failed / files == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(("slots", "seconds"), [(50, 0.3), (1000, 0.3), (1000, 5)])
def test_a_hundred_thousand_files_wait_and_none_fails(slots, seconds):
    """Three of the nine cases of docs/decisions/backlog.md; the campaign runs all."""
    found = burst(100_000, slots, seconds, retries())
    assert found.failed == 0
    assert found.over < 0.1
    assert found.dollars < 60
    assert EVENTS * found.most_tries < 1000


def test_ten_slots_and_long_calls_take_hours_and_none_fails():
    found = burst(5000, 10, 5, retries())
    assert found.failed == 0
    assert found.seconds > 5000
    assert found.over < 0.15


def test_the_model_waits_as_the_state_machine_does():
    assert NO_CAPACITY == "Lambda.TooManyRequestsException"
    first, later = retries()
    assert first.delay(0, 1) == 20
    assert first.delay(10_000, 1) == 3600
    assert later.delay(10_000, 1) == 60
