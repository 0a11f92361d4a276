"""The report in full, field by field and row by row: what its readers rely on."""

import csv
import io

import pytest

from functions.core.reporting.document import (
    Expected,
    Findings,
    Unfinished,
    build,
    console_url,
    day_totals,
    with_history,
)
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import Summary, summarize
from functions.core.reporting.table import to_csv

DATE = "2026-11-22"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:e"
URL = (
    "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
    f"#/v2/executions/details/{ARN}"
)
TOTALS = {
    "received": 6,
    "processed": 3,
    "rejected": 1,
    "failed": 1,
    "in_flight": 1,
    "records": 1202,
    "bytes": 4600,
}


def record(key, size, **fields):
    uploaded = f"{DATE}T10:00:00Z"
    return {"key": key, "version_id": "1", "size_bytes": size, "uploaded_at": uploaded, **fields}


def processed(key, size, records, kind="csv"):
    return record(key, size, status="processed", format=kind, records=records)


def rejected(key, size):
    error = {"code": "EMPTY_FILE", "message": "nothing in it"}
    return record(key, size, status="rejected", records=None, error=error)


RECORDS = [
    processed("in/a.csv", 1000, 1200),
    processed("in/b.csv", 1500, 2),
    processed("c.json", 2000, 0, "json"),
    rejected("in/bad.csv", 100),
]
FAILED = Unfinished("in/f.csv", "1", ARN, "TIMED_OUT", "CountRecords", "Boom")
RUNNING = Unfinished("in/r.csv", "2", ARN, "RUNNING")
BEFORE = {
    "date": "2026-11-21",
    "generated_at": "then",
    "totals": {**TOTALS, "records": 1},
    "history": [],
}
FINDINGS = Findings(
    DATE,
    settled=True,
    failed=[FAILED],
    in_flight=[RUNNING],
    expected=[Expected("orders", "in/", came=True)],
    history=[day_totals(BEFORE)],
)


def document(previous=None, findings=FINDINGS):
    return build(summarize(RECORDS), findings, "now", previous)


def row(files, records, size, **name):
    return {**name, "files": files, "records": records, "bytes": size}


def test_a_report_has_these_fields_and_no_others():
    report = document()
    hours, cost = report.pop("by_hour"), report.pop("cost")
    unfinished = {"execution_arn": ARN, "console_url": URL}
    assert report == {
        "schema_version": 1,
        "date": DATE,
        "generated_at": "now",
        "settled": True,
        "totals": TOTALS,
        "duplicates": 0,
        "open_executions": 0,
        "by_format": [row(2, 1202, 2500, format="csv"), row(1, 0, 2000, format="json")],
        "by_prefix": [
            row(3, 1202, 2600, prefix="in/"),
            row(1, 0, 2000, prefix="(top level)"),
        ],
        "errors": {"EMPTY_FILE": 1},
        "largest": [
            {"key": "c.json", "version_id": "1", "bytes": 2000, "records": 0},
            {"key": "in/b.csv", "version_id": "1", "bytes": 1500, "records": 2},
            {"key": "in/a.csv", "version_id": "1", "bytes": 1000, "records": 1200},
        ],
        "rejections": [
            {
                "key": "in/bad.csv",
                "version_id": "1",
                "code": "EMPTY_FILE",
                "message": "nothing in it",
            }
        ],
        "failures": [
            {
                "key": "in/f.csv",
                "version_id": "1",
                "status": "TIMED_OUT",
                "state": "CountRecords",
                "error": "Boom",
                **unfinished,
            }
        ],
        "in_flight": [
            {
                "key": "in/r.csv",
                "version_id": "2",
                "status": "RUNNING",
                "state": None,
                "error": None,
                **unfinished,
            }
        ],
        "expected": [{"contract": "orders", "prefix": "in/", "came": True}],
        "ignored_keys": [],
        "acknowledged": [],
        "history": [{"date": "2026-11-21", **TOTALS, "records": 1}],
        "changes": None,
    }
    assert hours[10] == row(4, 1202, 4600, hour="10")
    assert [hour["hour"] for hour in hours] == [f"{number:02}" for number in range(24)]
    assert all(hour == row(0, 0, 0, hour=hour["hour"]) for hour in (*hours[:10], *hours[11:]))
    assert cost["lines"][0]["quantity"] == 3 * 3 + 5 + 1 + 10
    assert cost["lines"][5]["quantity"] == 1


def test_the_table_has_a_row_for_everything_in_the_report():
    rows = list(csv.reader(io.StringIO(to_csv(document()), newline="")))
    hours = [line for line in rows if line[0] == "by_hour"]
    assert len(hours) == 24
    assert ["by_hour", "10", "4", "1202", "4600", ""] in hours
    assert [line for line in rows if line[0] != "by_hour"] == [
        ["section", "name", "files", "records", "bytes", "note"],
        ["day", DATE, "", "", "", ""],
        ["totals", "received", "6", "", "", ""],
        ["totals", "processed", "3", "", "", ""],
        ["totals", "rejected", "1", "", "", ""],
        ["totals", "failed", "1", "", "", ""],
        ["totals", "in_flight", "1", "", "", ""],
        ["totals", "all", "6", "1202", "4600", ""],
        ["by_format", "csv", "2", "1202", "2500", ""],
        ["by_format", "json", "1", "0", "2000", ""],
        ["by_prefix", "in/", "3", "1202", "2600", ""],
        ["by_prefix", "(top level)", "1", "0", "2000", ""],
        ["errors", "EMPTY_FILE", "1", "", "", ""],
        ["rejections", "in/bad.csv", "1", "", "", "EMPTY_FILE: nothing in it"],
        ["expected", "in/", "", "", "", "came"],
        ["failures", "in/f.csv", "1", "", "", "CountRecords: Boom"],
        ["in_flight", "in/r.csv", "1", "", "", "RUNNING: None"],
    ]
    assert to_csv(document()).count("\r\n") == len(rows)


def test_what_nothing_moved_keeps_what_the_report_before_said():
    said = {"since": "yore", "totals": {"records": 1}, "history": []}
    same = {**BEFORE, "totals": TOTALS, "changes": said, "history": [day_totals(BEFORE)]}
    assert document(same)["changes"] == said
    moved = {"since": "then", "totals": {"records": 1201}, "history": ["2026-11-21"]}
    assert document({**BEFORE, "changes": None})["changes"] == moved


def test_a_report_says_which_days_before_have_other_totals_now():
    other = {**day_totals(BEFORE), "records": 5}
    before = {**BEFORE, "totals": TOTALS, "changes": None, "history": [other]}
    found = document(before)["changes"]
    assert found == {"since": "then", "totals": {}, "history": ["2026-11-21"]}
    assert "days before with other totals: 2026-11-21." in to_html(document(before))


def test_a_days_new_totals_go_into_the_stored_report_of_a_day_after_it():
    stored, new = document(), {**day_totals(BEFORE), "records": 99}
    changed = with_history(stored, new, "noon")
    assert changed["history"] == [new]
    assert changed["changes"] == {"since": "noon", "totals": {}, "history": ["2026-11-21"]}
    assert with_history(changed, new, "later") is None
    first = {**new, "date": "2026-11-20"}
    assert with_history(stored, first, "noon")["history"] == [first, day_totals(BEFORE)]


def test_unfinished_uploads_are_listed_by_key_and_version_up_to_ten_thousand():
    keys = [("b", "1"), ("a", "2"), ("a", "1"), *((f"c{n:05}", "1") for n in range(10_000))]
    found = [Unfinished(key, version, ARN, "FAILED") for key, version in keys]
    report = build(Summary(), Findings(DATE, settled=False, failed=found), "now", None)
    listed = [(each["key"], each["version_id"]) for each in report["failures"]]
    assert listed == sorted(keys)[:10_000]
    assert (report["totals"]["failed"], report["settled"]) == (10_003, False)


def test_formats_of_as_many_files_are_listed_by_name():
    records = [processed(f"{kind}", 1, 1, kind) for kind in ("b", "c", "a", "c")]
    report = build(summarize(records), Findings(DATE, settled=True), "now", None)
    assert [each["format"] for each in report["by_format"]] == ["c", "a", "b"]


def test_an_executions_page_is_in_its_own_region():
    assert console_url(ARN) == URL


@pytest.mark.parametrize("shown", ["4.6 kB", "1,202", "2026-11-21", "in/f.csv", "in/r.csv", "Boom"])
def test_the_page_shows(shown):
    assert shown in to_html(document())
