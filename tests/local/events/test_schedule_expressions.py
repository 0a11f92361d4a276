"""When a schedule is due. Expected times are worked out by hand from the Scheduler's guide."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from local.events.cron_fields import BadExpression
from local.events.schedule_expressions import due_after


def due(expression, after, count=3, zone="UTC", anchor=None):
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    times = due_after(expression, zone, moment, anchor or moment)
    return [each.strftime("%Y-%m-%dT%H:%M") for each in islice(times, count)]


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("cron(0 0 * * ? *)", "2026-02-27T12:00", ["2026-02-28T00:00", "2026-03-01T00:00"]),
        ("cron(0/15 8-9 * * ? *)", "2026-01-01T09:40", ["2026-01-01T09:45", "2026-01-02T08:00"]),
        ("cron(0 9 ? * MON-FRI *)", "2026-01-02T10:00", ["2026-01-05T09:00", "2026-01-06T09:00"]),
        ("cron(0 9 ? * 1 *)", "2026-01-01T00:00", ["2026-01-04T09:00", "2026-01-11T09:00"]),
        ("cron(5 4 L * ? *)", "2026-02-01T00:00", ["2026-02-28T04:05", "2026-03-31T04:05"]),
        ("cron(0 0 15W * ? *)", "2026-02-01T00:00", ["2026-02-16T00:00", "2026-03-16T00:00"]),
        ("cron(0 0 LW * ? *)", "2026-01-01T00:00", ["2026-01-30T00:00", "2026-02-27T00:00"]),
        ("cron(0 0 1W * ? *)", "2026-08-01T00:00", ["2026-08-03T00:00", "2026-09-01T00:00"]),
        ("cron(0 0 ? * 3#2 *)", "2026-01-01T00:00", ["2026-01-13T00:00", "2026-02-10T00:00"]),
        ("cron(0 0 ? * 6L *)", "2026-01-01T00:00", ["2026-01-30T00:00", "2026-02-27T00:00"]),
        ("cron(0 0 29 FEB ? *)", "2026-01-01T00:00", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("cron(0 0 1 1,7 ? 2027)", "2026-01-01T00:00", ["2027-01-01T00:00", "2027-07-01T00:00"]),
    ],
)
def test_a_cron_expression_is_due_at_these_times(expression, after, expected):
    assert due(expression, after, len(expected)) == expected


def test_a_time_is_later_than_the_moment_asked_for():
    assert due("cron(0 0 * * ? *)", "2026-01-01T00:00", 1) == ["2026-01-02T00:00"]


def test_a_year_that_is_over_is_never_due_again():
    assert due("cron(0 0 1 1 ? 2020)", "2026-01-01T00:00") == []


def test_a_time_zone_moves_with_summer_time():
    times = due("cron(0 0 * * ? *)", "2026-03-28T00:00", 3, "Europe/Berlin")
    assert times == ["2026-03-28T23:00", "2026-03-29T22:00", "2026-03-30T22:00"]


def test_a_local_time_that_summer_time_leaves_out_is_left_out():
    times = due("cron(30 2 * * ? *)", "2026-03-28T12:00", 1, "Europe/Berlin")
    assert times == ["2026-03-30T00:30"]


def test_a_local_time_that_comes_twice_counts_once():
    times = due("cron(30 2 * * ? *)", "2026-10-24T12:00", 2, "Europe/Berlin")
    assert times == ["2026-10-25T00:30", "2026-10-26T01:30"]


def test_a_rate_counts_from_when_the_schedule_was_made():
    anchor = datetime(2026, 1, 1, 0, 7, tzinfo=UTC)
    times = due("rate(2 hours)", "2026-01-01T04:10", 2, anchor=anchor)
    assert times == ["2026-01-01T06:07", "2026-01-01T08:07"]


def test_a_new_rate_is_first_due_after_one_period():
    made = datetime(2026, 1, 1, tzinfo=UTC)
    before = (made - timedelta(hours=5)).isoformat()[:19]
    assert due("rate(1 day)", before, 1, anchor=made) == ["2026-01-02T00:00"]


def test_a_time_given_by_at_comes_once_in_its_zone():
    assert due("at(2026-07-01T08:30:00)", "2026-01-01T00:00", 3, "Asia/Tokyo") == [
        "2026-06-30T23:30"
    ]
    assert due("at(2026-07-01T08:30:00)", "2026-07-01T08:30") == []


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 0 * * *)",
        "cron(0 0 * * * *)",
        "cron(60 0 * * ? *)",
        "cron(0 0 32 * ? *)",
        "cron(0 0 ? * 8 *)",
        "cron(0 0 x * ? *)",
        "rate(0 minutes)",
        "rate(1 week)",
        "at(tomorrow)",
        "every day",
    ],
)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(BadExpression):
        due(expression, "2026-01-01T00:00")


def test_what_is_no_time_zone_is_refused():
    with pytest.raises(BadExpression, match="Mars"):
        due("cron(0 0 * * ? *)", "2026-01-01T00:00", zone="Mars/Base")
