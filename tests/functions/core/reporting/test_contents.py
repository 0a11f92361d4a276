"""The same content twice: of a day and of the seven before, by ETag or checksum and size."""

import base64
import csv
import io
from datetime import date, timedelta

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.reporting import content_index
from functions.core.reporting.content_places import Piece
from functions.core.reporting.contents import fingerprints, packed_fingerprints
from functions.core.reporting.page import to_html
from functions.core.reporting.table import to_csv
from tests.builders.day_reports import DATE, SCHEMA, FakeReports, any_record, any_rejection, write

STRONG, WEAK = "CRC64NVME:AAAA", "CRC32:AAAA"


def day(ago):
    return (date.fromisoformat(DATE) - timedelta(days=ago)).isoformat()


def file(key, ago=0, **fields):
    given = {"etag": "e", "checksum": None, **fields}
    return any_record(key, uploaded_at=f"{day(ago)}T10:00:00Z", **given)


def reported(*days):
    """The report of `DATE`, each argument being the records of a day, the oldest first."""
    reports = FakeReports()
    for place, batches in enumerate(days):
        each = FakeReports(*batches)
        reports.batches, reports.kept = each.batches, each.kept
        ago = len(days) - 1 - place
        _, document = write(reports, date=day(ago), generated_at=f"{day(ago - 1)}T00:05:00Z")
    return document


def pairs(document):
    return [
        (each["key"], each["same_as"]["date"], each["same_as"]["key"])
        for each in document["repeated"]["named"]
    ]


@pytest.mark.parametrize(
    ("fields", "is_same"),
    [
        ({}, True),
        ({"etag": "other"}, False),
        ({"size_bytes": 11}, False),
        ({"etag": "other", "checksum": STRONG}, True),
        ({"etag": "other", "checksum": WEAK}, False),
        ({"etag": "e", "checksum": STRONG, "size_bytes": 11}, False),
    ],
)
def test_a_file_is_the_same_if_its_etag_or_a_strong_checksum_and_its_size_are(fields, is_same):
    checksum = fields.get("checksum")
    before = [[file("in/a.csv", 1, checksum=checksum)]]
    document = reported(before, [[file("in/b.csv", **fields)]])
    assert pairs(document) == ([("in/b.csv", day(1), "in/a.csv")] if is_same else [])
    assert document["repeated"]["files"] == int(is_same)


def test_the_report_names_it_in_all_its_forms():
    document = reported([[file("in/a.csv", 1)]], [[file("in/b.csv")]])
    jsonschema.validate(document, SCHEMA)
    assert document["verdict"]["good"]
    assert "The same content twice" in to_html(document)
    rows = list(csv.reader(io.StringIO(to_csv(document))))
    (row,) = [row for row in rows if row[0] == "repeated"]
    assert row[:6] == ["repeated", "in/b.csv", "1", "3", "10", f"as in/a.csv of {day(1)}"]


def test_another_prefix_and_a_rejected_file_are_not_the_same():
    before = [[file("out/a.csv", 1), any_rejection("in/r.csv", etag="e")]]
    assert pairs(reported(before, [[file("in/b.csv")]])) == []


def test_seven_days_are_looked_at_the_newest_first():
    old = [[file("in/old.csv", 8)]]
    nothing = [[]]
    assert pairs(reported(old, *[nothing] * 7, [[file("in/b.csv")]])) == []
    week = [[file("in/week.csv", 7)]]
    later = [[file("in/later.csv", 2)]]
    found = reported(week, nothing, nothing, nothing, nothing, later, nothing, [[file("in/b.csv")]])
    assert pairs(found) == [("in/b.csv", day(2), "in/later.csv")]


def test_of_the_equal_files_of_a_day_one_is_repeated_by_the_others():
    document = reported([[file("in/a.csv"), file("in/b.csv", etag="x")], [file("in/c.csv")]])
    ((key, when, other),) = pairs(document)
    assert ({key, other}, when) == ({"in/a.csv", "in/c.csv"}, DATE)


def test_a_day_that_was_written_again_since_is_named_without_its_file():
    reports = FakeReports([file("in/a.csv", 1)])
    write(reports, date=day(1))
    reports.files[day(1)] = [file("in/z.csv", 1, etag="other")]
    today = FakeReports([file("in/b.csv")])
    reports.batches, reports.kept = today.batches, today.kept
    _, document = write(reports)
    assert pairs(document) == [("in/b.csv", day(1), None)]
    assert "as a file of" in to_html(document)


def test_a_hundred_are_named_and_all_counted():
    document = reported([[file(f"in/{number:03}.csv") for number in range(102)]])
    assert document["repeated"]["files"] == 101
    assert len(document["repeated"]["named"]) == 100


def test_batches_of_before_have_no_fingerprints_and_are_not_compared():
    reports = FakeReports([file("in/a.csv")], [file("in/b.csv")])
    del reports.batches[0]["contents"]
    _, document = write(reports)
    assert document["repeated"] == {"files": 0, "named": []}
    assert reports.indexes == {}


CONTENTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


@settings(max_examples=60)
@given(CONTENTS, CONTENTS, st.integers(1, 4))
def test_it_finds_what_comparing_all_with_all_finds(before, today, batch):
    """Each file has an ETag and a checksum out of five; zero is none."""

    def files(given, ago):
        return [
            file(
                f"in/{number:02}.csv",
                ago,
                etag=str(etag) if etag else "",
                checksum=f"SHA1:{checksum}" if checksum else None,
            )
            for number, (etag, checksum) in enumerate(given)
        ]

    old, new = files(before, 1), files(today, 0)
    cut = [new[start : start + batch] for start in range(0, len(new), batch)]
    document = reported([old], cut or [[]])
    same = [
        each
        for place, each in enumerate(new)
        if any(alike(each, other) for other in [*old, *new[:place]])
    ]
    in_a_run = {
        each["key"] for each in new for other in new if alike(each, other) and each != other
    }
    before_it = {each["key"] for each in new if any(alike(each, other) for other in old)}
    named = {key for key, _, _ in pairs(document)}
    assert before_it <= named <= before_it | in_a_run
    if len(cut) == 1:  # in one batch, files are in the order of their keys
        assert named == {each["key"] for each in same}


def alike(one, other):
    return any(
        mine == theirs and any(mine)
        for mine, theirs in zip(fingerprints(one), fingerprints(other), strict=True)
    )


def test_an_index_comes_back_and_is_16_bytes_for_each_fingerprint():
    batches = [
        base64.b64decode(packed_fingerprints([file(f"in/{number}.csv", etag=str(number))]))
        for number in range(300)
    ]
    index = content_index.of_batches(batches, [7] * 300)
    packed = content_index.packed(index)
    back = content_index.unpacked(packed)
    assert np.array_equal(back.fingerprints, index.fingerprints)
    assert np.array_equal(back.places, index.places)
    assert back.pieces[299] == Piece(299 * 7, 7)
    assert len(packed) == 300 * 16 + len(packed.partition(b"\n")[0]) + 1
