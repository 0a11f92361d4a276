"""How files were read: bounded, the same in any order of merging, and no file lost."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.reporting import readings
from functions.core.reporting.readings import OTHER, Doubtful, Reading, Readings
from functions.core.reporting.summarize_batch import Summary, merged, of_record, summarize

NAMES = ("prefix", "format", "delimiter", "encoding", "columns", "names")


def record(key, **fields):
    return {
        "key": key,
        "version_id": "1",
        "size_bytes": 1,
        "uploaded_at": "2026-11-22T10:00:00Z",
        "status": "processed",
        "format": "csv",
        "records": 1,
        "delimiter": ",",
        "encoding": "utf-8",
        "columns": ["id", "name"],
        **fields,
    }


def rows(records):
    return [tuple(row.values()) for row in summarize(records).readings.to_rows()]


def test_a_prefix_has_a_row_for_each_way_in_which_its_files_were_read():
    found = rows(
        [
            record("shop/1.csv"),
            record("shop/2.csv", delimiter=";", columns=["id;name"]),
            record("shop/3.csv"),
            record("a.jsonl", format="jsonl", delimiter=None, columns=None),
            record("wide.parquet", format="parquet", columns=["a"] * 9, columns_total=2000),
        ]
    )
    assert found == [
        ("(top level)", "jsonl", None, "utf-8", None, None, 1),
        ("(top level)", "parquet", ",", "utf-8", 2000, "a, a, a, a, a, a, a, a, a", 1),
        ("shop/", "csv", ",", "utf-8", 2, "id, name", 2),
        ("shop/", "csv", ";", "utf-8", 1, "id;name", 1),
    ]


def test_a_record_of_before_delimiters_were_stored_has_a_row():
    old = {name: value for name, value in record("a.csv").items() if name != "delimiter"}
    assert rows([old]) == [("(top level)", "csv", None, "utf-8", 2, "id, name", 1)]


def many(number):
    """Files of so many prefixes, each read in two ways."""
    return [
        record(f"prefix-{each:05}-{'x' * 50}/{n}.csv", delimiter=",;"[n])
        for each in range(number)
        for n in range(2)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_readings_without_room_are_counted_as_one_whatever_the_order(seed):
    records = many(200)
    whole = summarize(records).readings
    random.Random(seed).shuffle(records)
    cuts = sorted(random.Random(seed).sample(range(400), 7))
    parts = [records[a:b] for a, b in zip([0, *cuts], [*cuts, 400], strict=True)]
    found = merged(Summary.from_json(summarize(part).to_json()) for part in parts).readings
    assert found == whole
    assert 0 < whole.left < 400
    assert whole.left + sum(whole.files.values()) == 400
    assert whole.to_rows()[-1] == {**dict.fromkeys(NAMES), "prefix": OTHER, "files": whole.left}
    assert len(str(whole.to_json())) < readings.ROOM


def test_all_readings_of_a_prefix_stay_together():
    kept = Counter(each.prefix for each in summarize(many(200)).readings.files)
    assert sorted(kept.values())[1:] == [2] * (len(kept) - 1)


def test_a_file_with_warnings_or_ragged_rows_is_named_with_them():
    found = summarize(
        [
            record("good.csv", ragged_rows=0, warnings=[]),
            record("ragged.csv", ragged_rows=3),
            record("odd.txt", warnings=["NUL bytes"]),
        ]
    ).doubtful
    assert found.to_json() == {
        "files": 2,
        "named": [
            {"key": "odd.txt", "version_id": "1", "ragged_rows": 0, "warnings": ["NUL bytes"]},
            {"key": "ragged.csv", "version_id": "1", "ragged_rows": 3, "warnings": []},
        ],
    }


def test_of_many_doubtful_files_the_first_are_named_and_all_are_counted():
    short = [record(f"{n:04}.csv", ragged_rows=1) for n in range(300)]
    long = [record(f"{n:04}{'x' * 900}.csv", ragged_rows=1) for n in range(300)]
    for records in (short, long):
        whole = summarize(records).doubtful
        assert whole == summarize(records[1::2]).merge(summarize(records[::2])).doubtful
        assert whole.files == 300
        assert [each["key"] for each in whole.named] == [
            each["key"] for each in records[: len(whole.named)]
        ]
        assert len(str(whole.to_json())) < readings.DOUBTFUL_ROOM + 100
    assert len(summarize(short).doubtful.named) == readings.NAMED
    assert 5 < len(summarize(long).doubtful.named) < 15


def test_a_summary_of_before_readings_were_kept_is_read():
    old = of_record(record("a.csv")).to_json()
    del old["readings"], old["doubtful"]
    found = Summary.from_json(old)
    assert (found.readings, found.doubtful, found.processed.files) == (Readings(), Doubtful(), 1)
    assert found.merge(of_record(record("b.csv"))).readings.files == {
        Reading("(top level)", "csv", ",", "utf-8", 2, "id, name"): 1
    }


@settings(max_examples=50)
@given(st.lists(st.text(max_size=9), max_size=30), st.integers(0, 60))
def test_what_fits_is_a_beginning_as_long_as_there_is_room(items, room):
    kept = readings.fitting(items, len, room)
    assert kept == items[: len(kept)]
    assert sum(map(len, kept)) <= room
    assert kept == items or sum(map(len, items[: len(kept) + 1])) > room
