"""Which executions had failed when a report was begun, and whether one was redriven since."""

import json
from datetime import UTC, datetime, timedelta
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from functions.core.reporting import failed_so_far
from functions.core.reporting.failed_so_far import FailedSoFar, any_redriven
from tests.builders.day_reports import FakeExecutions, FakeReports, unfinished, write

START = datetime(2026, 11, 22, tzinfo=UTC)
FAILURES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.integers(0, 5).map(lambda n: START + timedelta(minutes=n))
)


def handed_on(failed):
    """As PlanReport answers it, through the state machine."""
    return json.loads(json.dumps(FailedSoFar.of(failed, START).to_json()))


@given(FAILURES, st.permutations("abcdefgh"), FAILURES)
def test_what_fails_later_and_the_order_of_a_listing_change_nothing(before, order, later):
    end = START + timedelta(hours=1)
    now = {arn: ended + timedelta(hours=1) for arn, ended in later.items() if arn not in before}
    listed = [(arn, {**before, **now}[arn]) for arn in order if arn in before or arn in now]
    assert all(ended >= end for ended in now.values())
    assert not any_redriven(handed_on(before.items()), listed)


@given(FAILURES.filter(bool), FAILURES, st.data())
def test_one_that_was_redriven_is_seen_whatever_else_fails_by_then(before, later, data):
    """Also one that failed again: it ended later than it had."""
    gone = data.draw(st.sampled_from(sorted(before)))
    after = max(before.values()) + timedelta(milliseconds=1)
    others = {arn: after for arn in later if arn not in before}
    again = {gone: after} if data.draw(st.booleans()) else {}
    left = {arn: ended for arn, ended in before.items() if arn != gone}
    assert any_redriven(handed_on(before.items()), {**left, **others, **again}.items())


def test_what_a_report_was_begun_without_is_taken_as_changed():
    """The machine of before a deployment does not hand it on; nor can it of very many."""
    assert any_redriven(None, [])


def test_more_than_can_be_listed_in_time_are_not_known():
    with mock.patch.object(failed_so_far, "MOST", 3):
        found = [(str(number), START) for number in range(4)]
        assert FailedSoFar.of(found[:3], START)
        assert FailedSoFar.of(found, START) is None


def test_a_report_during_which_a_failed_file_was_redriven_is_not_settled():
    """The redrive stored a record after the listing, and was over before WriteReport asked."""
    before = handed_on([(unfinished("a.csv").execution_arn, START)])
    _, report = write(FakeReports([]), FakeExecutions(), failed_before=before)
    assert report["settled"] is False
    assert report["unsettled_because"] == (
        "what had failed may have been redriven while this was written"
    )


def test_a_report_during_which_nothing_was_redriven_is_settled():
    _, report = write(FakeReports([]), FakeExecutions(unfinished("a.csv")))
    assert (report["settled"], report["unsettled_because"]) == (True, None)
