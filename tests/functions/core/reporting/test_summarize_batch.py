"""A summary is a commutative monoid: batches merge in any order and grouping to the same."""

import hashlib
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.reporting import summarize_batch
from functions.core.reporting.summarize_batch import (
    Summary,
    merged,
    of_record,
    shortened,
    summarize,
)

KEYS = st.text("ab/é", min_size=1, max_size=6)
WAYS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([None, ",", ";", "\t"]),
        "encoding": st.sampled_from([None, "utf-8", "utf-16-le"]),
        "columns": st.sampled_from([None, [], ["id"], ["id", "name"]]),
        "ragged_rows": st.sampled_from([None, 0, 3]),
        "warnings": st.sampled_from([[], ["odd"], ["odd", "even"]]),
    }
)
RECORD = st.builds(
    lambda key, version, size, records, hour, kind, way: {
        "key": key,
        "version_id": str(version),
        "size_bytes": size,
        "uploaded_at": f"2026-11-22T{hour:02}:00:00Z",
        **(
            {"status": "rejected", "error": {"code": "EMPTY_FILE", "message": "nothing"}}
            if kind == "bad"
            else {"status": "processed", "records": records, "format": kind, **way}
        ),
    },
    KEYS,
    st.integers(0, 9),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(0, 23),
    st.sampled_from(["csv", "json", "bad"]),
    WAYS,
)
PART = st.builds(
    lambda records, duplicates: summarize(records).merge(Summary(duplicates=duplicates)),
    st.lists(RECORD, max_size=6),
    st.integers(0, 9),
)
fast = settings(max_examples=100)


@fast
@given(PART, PART, PART)
def test_parts_merge_in_any_order_and_grouping(one, two, three):
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    assert one.merge(two) == two.merge(one)
    assert one.merge(Summary()) == one == Summary().merge(one)


def test_items_that_differ_in_one_field_merge_alike_from_either_side():
    place = {"key": "a", "version_id": "0"}
    one, two = (Summary(largest=({**place, "bytes": 0, "records": n},)) for n in (0, 1))
    assert one.merge(two) == two.merge(one)
    one, two = (Summary(rejections=({**place, "code": "X", "message": m},)) for m in "ab")
    assert one.merge(two) == two.merge(one)


@fast
@given(st.lists(RECORD, max_size=12))
def test_a_summary_equals_a_naive_count(records):
    found = summarize(records)
    good = [record for record in records if record["status"] == "processed"]
    bad = [record for record in records if record["status"] == "rejected"]
    assert (found.processed.files, found.rejected.files) == (len(good), len(bad))
    assert found.processed.records == sum(record["records"] for record in good)
    assert found.processed.bytes == sum(record["size_bytes"] for record in good)
    by_format = {name: amount.files for name, amount in found.formats.items()}
    assert by_format == Counter(record["format"] for record in good)
    by_hour = {name: amount.files for name, amount in found.hours.items()}
    assert by_hour == Counter(record["uploaded_at"][11:13] for record in records)
    assert {each["key"] for each in found.rejections} == {record["key"] for record in bad}


@fast
@given(PART)
def test_a_summary_survives_the_way_through_json(part):
    assert Summary.from_json(json.loads(json.dumps(part.to_json()))) == part


def any_record(number):
    return {
        "key": f"prefix-{number:05}/file.csv",
        "version_id": "v",
        "status": "processed",
        "format": "csv",
        "records": 1,
        "size_bytes": number,
        "uploaded_at": "2026-11-22T00:00:00Z",
    }


def test_a_summary_of_any_number_of_prefixes_is_of_bounded_size_and_loses_no_file():
    records = [any_record(number) for number in range(3 * summarize_batch.PREFIXES)]
    whole = summarize(records)
    halves = summarize(records[::2]).merge(summarize(records[1::2]))
    assert whole == halves
    assert len(whole.prefixes) == summarize_batch.PREFIXES + 1
    assert sum(amount.files for amount in whole.prefixes.values()) == len(records)


def test_the_largest_files_are_named_and_no_more():
    found = merged(of_record(any_record(number)) for number in range(50))
    assert [each["bytes"] for each in found.largest] == list(range(49, 39, -1))


def test_a_key_without_a_folder_is_at_the_top_level():
    assert summarize_batch.top_prefix("a.csv") == "(top level)"
    assert summarize_batch.top_prefix("a/b/c.csv") == "a/"


HANDED_ON = 262_144
"""What a state may hand on, in bytes of UTF-8 (Step Functions guide, "Quotas")."""


@pytest.mark.parametrize("letter", ["k", "é", "\u20ac", "\U0001f600", "\x01", '"', "\\", "\u2028"])
@pytest.mark.parametrize("records", [500, 5_000])
def test_a_batch_of_whatever_keys_and_messages_may_be_handed_on(letter, records):
    name = letter * (1_000 // len(letter.encode()))
    error = {"code": "MALFORMED_FILE", "message": letter * 1_000}
    batch = (
        {
            "key": f"{number:04}{name}/{number}",
            "version_id": "v" * 1_000,
            "size_bytes": 10**12,
            "uploaded_at": f"2026-11-22T{number % 24:02}:00:00Z",
            "status": ("processed", "rejected")[number % 2],
            "format": f"format-{number % 12}",
            "records": 10**12,
            "encoding": f"{letter}{number}",
            "columns": [f"{name}{number}"],
            "columns_total": 10**6,
            "ragged_rows": 10**12,
            "warnings": [letter * 200, letter * 150],
            "error": error,
        }
        for number in range(records)
    )
    answer = json.dumps(summarize(batch).to_json(), ensure_ascii=False)
    assert len(answer.encode()) < HANDED_ON


@given(st.text(max_size=300), st.integers(40, 200))
def test_a_shortened_text_fits_and_long_texts_stay_apart(text, most):
    short = shortened(text, most)
    assert len(json.dumps(short, ensure_ascii=False).encode()) <= most
    assert short == text or short.endswith(hashlib.sha256(text.encode()).hexdigest()[:8])
    assert shortened(short, most) == short
