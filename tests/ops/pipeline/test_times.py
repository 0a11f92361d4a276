"""Moments as an operator types them."""

from datetime import UTC, datetime, timedelta

from ops.pipeline import times


def test_an_age_counts_back_from_now_and_a_bare_time_is_utc():
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert times.since("90m", now) == now - timedelta(minutes=90)
    assert times.since("2026-11-01T10:00") == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert times.since("2026-11-01T10:00+02:00") == datetime(2026, 11, 1, 8, tzinfo=UTC)
