"""Sizes, times and names as an operator types and reads them."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from ops.cli.output import duration, plain
from ops.pipeline import cost, times
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.upload_items import items
from ops.pipeline.waiting import Pacer


@pytest.mark.parametrize(
    ("text", "size"),
    [("250000", 250_000), ("1MB", 10**6), ("1.5 GiB", 3 * 2**29), ("800k", 800_000), ("7b", 7)],
)
def test_a_size_is_read_in_decimal_or_binary_units(text, size):
    assert cost.size(text) == size


@pytest.mark.parametrize("text", ["", "big", "-1", "1 XB", "1iB", "1e3"])
def test_what_is_no_size_is_bad_usage(text):
    with pytest.raises(OpsError) as caught:
        cost.size(text)
    assert caught.value.exit_code == BAD_USAGE


def test_a_month_of_a_plan_is_thirty_of_its_days():
    def estimate(processed, rejected, size_bytes):
        return {"currency": "USD", "total": processed + size_bytes / 1e6, "lines": []}

    found = cost.of_plan(10, 2_000_000, estimate)
    assert (found["total"], found["month"]) == (30, 900)


def test_an_age_counts_back_from_now_and_a_bare_time_is_utc():
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert times.since("90m", now) == now - timedelta(minutes=90)
    assert times.since("2026-11-01T10:00") == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert times.since("2026-11-01T10:00+02:00") == datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (0.123, "0.12 s"), (42.4, "42 s"), (250, "4 min 10 s"), (7500, "2 h 5 min")],
)
def test_a_duration_is_said_as_people_say_it(seconds, said):
    assert duration(seconds) == said


def test_a_name_from_outside_moves_no_cursor_and_sets_no_style():
    shown = plain("a\x1b[31m\n\u202e[bold]b.csv")
    assert shown.plain == "a\\x1b[31m\\n\\u202e[bold]b.csv"
    assert shown.spans == []


def test_calls_are_spaced_by_the_rate():
    pacer, begun = Pacer(50), time.monotonic()
    for _ in range(6):
        pacer.wait()
    assert time.monotonic() - begun >= 5 / 50


def test_two_files_with_one_key_are_refused_before_anything_is_sent(tmp_path):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text("id\n1\n")
    with pytest.raises(OpsError, match=r"would both be in/a\.csv") as caught:
        items([tmp_path / "x", tmp_path / "y"], "in/")
    assert caught.value.exit_code == BAD_USAGE
