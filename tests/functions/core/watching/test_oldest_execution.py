"""The age of the oldest running execution, at a handful and at a million running."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.core.watching.oldest_execution import Listing, Running, measure

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ago(minutes):
    return NOW - minutes * MINUTE


class Executions:
    """Step Functions, which lists so many."""

    def __init__(self, *begun, whole=True):
        self.listing = Listing(begun, whole)

    def running(self):
        return self.listing


class Metrics:
    """What CloudWatch knows: minutes ago and how many; all ends were in the last minute."""

    def __init__(self, started, ended=0, last=None):
        self._started = {ago(minutes): count for minutes, count in started.items()}
        self._ended, self._last = ended, last

    def last_running(self, since, until):
        assert until == NOW
        return self._last

    def started(self, since, until):
        return {at: count for at, count in self._started.items() if since <= at < until}

    def ended(self, since, until):
        return self._ended


NONE = Metrics({})


@pytest.mark.parametrize(
    ("begun", "seconds"),
    [([], 0), ([ago(5), ago(90), ago(30)], 5400), ([NOW + MINUTE], 0)],
)
def test_while_all_can_be_listed_the_oldest_is_told_exactly(begun, seconds):
    found = measure(NOW, Executions(*begun), NONE)
    assert found == Running(len(begun), seconds, listed=True)


NEWEST = [ago(1)] * 4000
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("started", "ended", "minutes"),
    [
        ({60: MILLION}, 0, 60),  # all at once, an hour ago, and none has ended
        ({10: 999_999, 180: 1}, 0, 180),  # a single old one among a million younger ones
        ({10: MILLION, 180: 1}, 1, 10),  # that one has ended
        (
            dict.fromkeys(range(1, 101), 18000),
            800_000,
            56,
        ),  # in the order in which they came
    ],
)
def test_at_a_million_running_the_oldest_is_as_old_as_all_younger_ones_are_too_few(
    started, ended, minutes
):
    last = (ago(240), 0)
    found = measure(NOW, Executions(*NEWEST, whole=False), Metrics(started, ended, last))
    assert found == Running(MILLION, minutes * 60, listed=False)


def test_what_ran_at_the_last_whole_listing_is_counted_and_what_was_before_is_not():
    metrics = Metrics({300: 50_000, 30: 20_000}, ended=500, last=(ago(45), 3000))
    found = measure(NOW, Executions(*NEWEST, whole=False), metrics)
    assert found == Running(22_500, 45 * 60, listed=False)


def test_metrics_that_lag_behind_make_it_no_younger_than_what_is_listed():
    listed = [ago(20), *NEWEST]
    found = measure(NOW, Executions(*listed, whole=False), Metrics({}, ended=7, last=(ago(30), 5)))
    assert (found.number, found.oldest_seconds) == (len(listed), 30 * 60)
