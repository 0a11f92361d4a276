"""The operator's tools look for records where the functions write them."""

from hypothesis import given
from hypothesis import strategies as st

from functions.core import keys
from ops.pipeline import layout

KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=400)


@given(KEYS, st.text("abc123_.", min_size=1, max_size=60), st.booleans())
def test_a_record_lies_where_the_functions_say(key, version, rejected):
    there = keys.record_key("2026-11-23", key, version, rejected=rejected)
    assert layout.record_key("2026-11-23", key, version, rejected=rejected) == there
    found = layout.recorded([there])
    assert found.has(layout.record_stem("2026-11-23", key, version))
    assert bool(found.rejected) == rejected
    stem = layout.record_stem("2026-11-23", key, version)
    by_digest = f"{key}/v-{version}" not in stem
    assert layout.identity_of(stem) == (None if by_digest else (key, version))


@given(KEYS, st.text("abc123_.", min_size=1, max_size=60), st.booleans())
def test_a_record_by_the_name_of_before_is_its_versions(key, version, rejected):
    old = layout.old_stem("2026-11-23", key, version)
    there = f"{old}{layout.REJECTED if rejected else layout.PROCESSED}"
    assert there in keys.record_keys("2026-11-23", key, version)
    new = layout.record_key("2026-11-23", key, version, rejected=rejected)
    found = layout.recorded([there, new])
    assert found.has(layout.record_stem("2026-11-23", key, version))
    assert len(found.processed | found.rejected) == 1


def test_reports_and_days_lie_where_the_functions_say():
    assert layout.report_key("2026-11-23", "html") == keys.report_key("2026-11-23", "html")
    assert layout.records_key("2026-11-23") == keys.records_key("2026-11-23")
    assert layout.listings_prefix("2026-11-23") == keys.listings_prefix("2026-11-23")
    assert layout.day_prefix("2026-11-23") == keys.day_prefix("2026-11-23")
    assert layout.date_of("daily-reports/date=2026-11-23/") == "2026-11-23"


def test_an_ignored_duplicate_is_no_record():
    marker = keys.duplicate_key("2026-11-23", "a.csv", "v", "arn")
    assert layout.recorded([marker]) == layout.Recorded(frozenset(), frozenset(), 1)


def test_a_success_beside_a_rejection_wins():
    both = [layout.record_key("2026-11-23", "a", "v", rejected=each) for each in (True, False)]
    found = layout.recorded(both)
    assert (len(found.processed), len(found.rejected)) == (1, 0)
