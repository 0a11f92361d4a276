"""How long files took: told to about a fifth, whatever the grouping."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from functions.core import keys
from functions.core.reporting.durations import Durations, from_upload_to_record
from functions.core.reporting.summarize_batch import Summary, summarize_keys
from tests.builders.day_reports import DATE, any_record, any_rejection

SECONDS = st.floats(0, 10**7)
NOON = 1795348800
"""2026-11-22T12:00:00Z, in seconds since 1970."""


@given(st.lists(SECONDS, min_size=1, max_size=9))
def test_the_median_is_right_to_a_fifth_and_a_second(seconds):
    middle = statistics.median_low(seconds)
    found = Durations.of(*seconds).median
    assert found >= min(0.8 * middle, 2**22) - 1
    assert found <= 1.25 * middle + 1


@given(st.lists(SECONDS, max_size=5), st.lists(SECONDS, max_size=5))
def test_parts_merge_to_the_whole_and_survive_the_way_through_json(some, others):
    whole = Durations.of(*some, *others)
    assert Durations.of(*others) + Durations.of(*some) == whole
    assert Durations.from_json(whole.to_json()) == whole


def test_nothing_known_has_no_median():
    assert Durations().median is None
    assert from_upload_to_record("2026-11-22T12:00:00Z", None) == Durations()
    assert from_upload_to_record("2026-11-22T12:00:00Z", "2026-11-22") == Durations()


def test_a_file_took_from_its_upload_to_its_record():
    assert from_upload_to_record("2026-11-22T12:00:00Z", NOON + 60) == Durations.of(60)
    assert from_upload_to_record("2026-11-22T12:00:00.5Z", NOON) == Durations.of(0)


def test_a_batch_tells_how_long_the_files_of_each_prefix_took():
    records = [any_record(), any_rejection(), any_record("other/c.csv")]
    stored = {}
    for record, seconds in zip(records, (60, 60, 0), strict=True):
        rejected = record["status"] == "rejected"
        key = keys.record_key(DATE, record["key"], "1", rejected=rejected)
        stored[key] = NOON - 7200 + seconds
    answer = summarize_keys(stored, lambda names: records, lambda names, content: "kept")
    found = Summary.from_json(answer).prefixes
    assert {name: amount.took for name, amount in found.items()} == {
        "in/": Durations.of(60, 60),
        "other/": Durations.of(0),
    }
