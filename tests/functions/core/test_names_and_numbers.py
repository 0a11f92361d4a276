"""What is stored and read by others, literally: keys, records, the estimate; and their limits."""

import dataclasses
import hashlib

import pytest

from functions.core import keys
from functions.core.counting.counted import Counted
from functions.core.counting.detection import detect
from functions.core.counting.formats.scanning import boundaries
from functions.core.counting.formats.scanning.boundaries import character_boundary, line_boundary
from functions.core.errors import InvalidFile, RejectionCode
from functions.core.processing import records
from functions.core.processing.records import ExecutionInfo
from functions.core.reporting import cost
from functions.core.reporting.page import size
from functions.core.uploads import Upload
from tests.builders.contents import Memory

UPLOAD = Upload("raw", "in/a.csv", "v1", "e", 7, "2026-11-22T10:00:00Z")
EXECUTION = ExecutionInfo("arn:x", "2026-11-22T10:00:01Z")
COMMON = {
    "schema_version": 1,
    "bucket": "raw",
    "key": "in/a.csv",
    "version_id": "v1",
    "etag": "e",
    "size_bytes": 7,
    "uploaded_at": "2026-11-22T10:00:00Z",
    "processed_at": "2026-11-22T10:00:01Z",
    "execution_arn": "arn:x",
}


def test_an_uploads_day_and_the_keys_of_its_records_come_from_its_event():
    assert UPLOAD.date == "2026-11-22"
    assert UPLOAD.record_key() == "processed/date=2026-11-22/in/a.csv/v-v1.json"
    assert (
        UPLOAD.record_key(rejected=True) == "processed/date=2026-11-22/in/a.csv/v-v1.rejected.json"
    )


def test_a_key_that_would_be_too_long_is_a_digest_for_both_records_alike():
    room = 1024 - len("processed/date=2026-11-22//v-v.rejected.json")
    fits, over = "k" * room, "k" * (room + 1)
    assert keys.record_key("2026-11-22", fits, "v").endswith(f"/{fits}/v-v.json")
    digest = hashlib.sha256(f"{over}/v".encode()).hexdigest()
    start = f"processed/date=2026-11-22/{digest}"
    assert keys.record_key("2026-11-22", over, "v") == f"{start}.json"
    assert keys.record_key("2026-11-22", over, "v", rejected=True) == f"{start}.rejected.json"
    wide = "é" * (room // 2 + 1)
    assert "é" not in keys.record_key("2026-11-22", wide, "v")


@pytest.mark.parametrize("version", ["_PHtexPGjH2y.zBgT8LmB7wwI2mpbz.k", ".Qy0ZP3Vx", "null"])
def test_no_record_has_a_name_that_athena_hides(version):
    name = keys.record_key("2026-11-22", "in/a.csv", version).rpartition("/")[2]
    assert not name.startswith(("_", "."))


def test_of_the_records_of_a_version_a_success_counts_and_then_the_name_of_today():
    day = "processed/date=2026-11-22/in/a.csv"
    good, bad = f"{day}/v-_1.json", f"{day}/v-_1.rejected.json"
    old_good, old_bad = f"{day}/_1.json", f"{day}/_1.rejected.json"
    assert keys.record_keys("2026-11-22", "in/a.csv", "_1") == [good, bad, old_good, old_bad]
    assert keys.superseding(good) == []
    assert set(keys.superseding(bad)) == {good, old_good}
    assert keys.superseding(old_good) == [good]
    assert set(keys.superseding(old_bad)) == {good, old_good, bad}


def test_a_digest_has_one_name_at_all_times():
    good, bad = (
        keys.record_key("2026-11-22", "k" * 1000, "_1", rejected=kind) for kind in (False, True)
    )
    assert keys.superseding(good) == []
    assert keys.superseding(bad) == [good]
    assert keys.record_keys("2026-11-22", "k" * 1000, "_1") == [good, bad]


def test_kinds_of_records_are_told_apart_by_their_keys():
    marker = keys.duplicate_key("2026-11-22", "in/a.csv", "v1", "arn:x")
    digest = hashlib.sha256(b"in/a.csv/v1/arn:x").hexdigest()
    assert marker == f"processed/date=2026-11-22/{digest}.duplicate.json"
    good, bad = UPLOAD.record_key(), UPLOAD.record_key(rejected=True)
    assert [keys.is_duplicate(key) for key in (good, bad, marker)] == [False, False, True]
    assert [keys.is_rejection(key) for key in (good, bad, marker)] == [False, True, False]
    assert [keys.is_processed(key) for key in (good, bad, marker)] == [True, False, False]
    assert keys.superseding(bad)[0] == good


def test_reports_lie_where_the_docs_say():
    assert keys.report_key("2026-11-22", "csv") == "daily-reports/date=2026-11-22/report.csv"
    assert keys.latest_key("html") == "daily-reports/latest.html"


def test_a_processed_files_record():
    counted = Counted("csv", "gzip", "utf-8", 5, ("a", "b"), 1, 99, ";", ("odd",))
    said = {"records": 5}
    assert records.processed(UPLOAD, counted, "sum", said, EXECUTION) == {
        **COMMON,
        "status": "processed",
        "format": "csv",
        "compression": "gzip",
        "encoding": "utf-8",
        "records": 5,
        "columns": ["a", "b"],
        "columns_total": 2,
        "ragged_rows": 1,
        "delimiter": ";",
        "warnings": ["odd"],
        "uncompressed_bytes": 99,
        "checksum": "sum",
        "declared": said,
        "profile": None,
        "breaches": None,
    }
    bare = dataclasses.replace(counted, columns=None)
    without = records.processed(UPLOAD, bare, None, None, EXECUTION)
    assert (without["columns"], without["columns_total"]) == (None, None)


def test_a_rejected_files_record_and_an_ignored_duplicates():
    why = InvalidFile(RejectionCode.EMPTY_FILE, "nothing in it")
    unknown = ("format", "compression", "encoding", "records", "columns")
    assert records.rejected(UPLOAD, why, EXECUTION) == {
        **COMMON,
        "status": "rejected",
        **dict.fromkeys((*unknown, "uncompressed_bytes", "checksum", "breaches")),
        "error": {"code": "EMPTY_FILE", "message": "nothing in it"},
    }
    assert records.duplicate(UPLOAD, EXECUTION) == {**COMMON, "status": "duplicate"}


def test_columns_are_kept_up_to_a_number_and_up_to_their_bytes():
    assert records.capped(None) is None
    assert len(records.capped(("c",) * 1001)) == 1000
    half = "é" * 4096
    assert records.capped((half, half)) == [half, half]
    assert records.capped((half, half, "c")) == [half, half]
    assert records.capped((half, half + "c", "c")) == [half]
    assert records.capped(("a\ud800",)) == ["a?"]


def test_the_estimate_of_a_day_line_by_line():
    found = cost.estimate(1000, 4, 2_000_000_000)
    lines = [tuple(line.values()) for line in found["lines"]]
    assert lines == [
        ("state transitions", 3033, 25e-6, 0.075825),
        ("Lambda requests", 2011, 0.2e-6, 0.000402),
        ("Lambda GB-seconds", 87.225, 0.0000133334, 0.001163),
        ("S3 PUT and LIST requests", 2022.004, 5e-6, 0.01011),
        ("S3 GET and HEAD requests", 4022, 0.4e-6, 0.001609),
        ("SQS requests", 4, 0.4e-6, 0.000002),
        ("log gigabytes", 0.001, 0.5, 0.000703),
    ]
    assert (found["currency"], found["total"]) == ("USD", 0.089814)
    ruled = cost.estimate(1000, 4, 2_000_000_000, 100, 500_000_000)
    lines = {line["what"]: line["quantity"] for line in ruled["lines"]}
    assert lines["Lambda GB-seconds"] == 87.225 - 100 * 0.15 / 4 - 0.5 * 12 / 4
    # 100 calls, and half a GB that is read and checked, of one processor's memory.
    assert lines["Lambda GB-seconds of field rules"] == round((15 + 12.5) * 1769 / 1024, 3)
    assert list(found["lines"][0]) == ["what", "quantity", "price", "dollars"]


def test_what_was_detected_is_handed_on():
    found = detect("in/A.TSV", b"1\t2\n", "text/plain; charset=latin-1; header=ABSENT")
    assert found.to_json() == {
        "format": "tsv",
        "compression": None,
        "encoding": "cp1252",
        "header": False,
        "delimiter": None,
        "dialect": {},
    }


@pytest.mark.parametrize("name", [".csv", "in/.csv", "in.csv/a", "a.csv.", "a.gz"])
def test_a_name_without_a_known_extension_is_no_format(name):
    with pytest.raises(InvalidFile) as caught:
        detect(name, b"x")
    assert caught.value.code == "UNSUPPORTED_FORMAT"


def test_a_range_begins_outside_of_a_character_and_of_a_line_ending():
    source = Memory("ab\r\n😀c".encode())
    places = [character_boundary(source, place) for place in range(-1, source.size + 2)]
    assert places == [0, 0, 1, 2, 4, 4, 8, 8, 8, 8, 9, 9]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b"a\nb", [0, 0, 2, 2, 3, 3]),
        (b"a\rb", [0, 0, 2, 2, 3, 3]),
        (b"\r\n\r\n", [0, 0, 2, 2, 4, 4, 4]),
    ],
)
def test_a_range_of_lines_begins_where_a_line_does(body, places):
    source = Memory(body)
    assert [line_boundary(source, place) for place in range(-1, source.size + 2)] == places


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_250_000, "1.2 MB"),
        (2e9, "2.0 GB"),
        (3e12, "3.0 TB"),
        (4e15, "4000.0 TB"),
    ],
)
def test_a_size_is_told_in_its_unit(number, text):
    assert size(number) == text


def test_a_range_of_lines_looks_far_but_not_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(boundaries, "LINE_LIMIT", 2 << 20)
    far = Memory(b"1\n" + b"2" * (5 << 20) + b"\r\n3")
    assert line_boundary(far, 3) == far.size - 1
    with pytest.raises(InvalidFile) as caught:
        line_boundary(Memory(b"2" * (12 << 20)), 3)
    assert (caught.value.code, caught.value.message) == ("TOO_LARGE", "one line is over 2 MiB")


@pytest.mark.parametrize("ending", [b"\r\n", b"\r", b"\n"])
def test_a_line_that_ends_where_a_piece_of_the_file_does_is_ended_whole(ending):
    for behind in (b"3\n", b"\n\n", b""):
        whole = b"1\n" + b"2" * (boundaries.FIRST_STEP - 1) + ending + behind
        end = whole.index(ending, 3) + len(ending)
        end += (ending, behind[:1]) == (b"\r", b"\n")
        assert line_boundary(Memory(whole), 3) == end
