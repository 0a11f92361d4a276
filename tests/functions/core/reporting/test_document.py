"""The report in full, field by field and row by row: what its readers rely on."""

import pytest

from functions.core.reporting.document import (
    ADDED,
    build,
    current,
    with_day_before,
)
from functions.core.reporting.findings import Findings, Unfinished, console_url
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import Summary, summarize
from functions.core.reporting.table import to_csv
from functions.core.reporting.trend import days_until
from tests.builders.day_reports import any_record, any_rejection
from tests.builders.whole_documents import (
    ARN,
    COMMAND,
    DATE,
    FAILED,
    HOME,
    LIST,
    NEW,
    NOW,
    RUNNING,
    TOTALS,
    URL,
    a_report_of,
    document,
    processed,
    reading,
    row,
)


def test_a_report_has_these_fields_and_no_others():
    report = document()
    hours, cost = report.pop("by_hour"), report.pop("cost")
    unfinished = {"execution_arn": ARN, "console_url": URL}
    assert report == {
        "schema_version": 2,
        "date": DATE,
        "generated_at": NOW,
        "deployment": {
            "project": "tally",
            "environment": "prod",
            "account": "123456789012",
            "region": "eu-west-1",
        },
        "settled": True,
        "unsettled_because": None,
        "runtime_off": [],
        "verdict": {
            "good": False,
            "headline": "3 of 6 files were not counted.",
            "items": [
                {
                    "kind": "failed",
                    "prefix": "in/",
                    "count": 1,
                    "of": 5,
                    "what": "1 of 5 files failed",
                    "cause": "CountRecords: Boom",
                    "command": f"{COMMAND} redrive --failed --error Boom",
                    "console_url": f"{LIST}FAILED",
                    "text": "in/: 1 of 5 files failed (CountRecords: Boom)",
                },
                {
                    "kind": "rejected",
                    "prefix": "in/",
                    "count": 1,
                    "of": 5,
                    "what": "1 of 5 files rejected",
                    "cause": "EMPTY_FILE 1",
                    "command": f"{COMMAND} dlq",
                    "console_url": (
                        f"{HOME}/s3/buckets/reports?region=eu-west-1&prefix=processed/date={DATE}/in/"
                    ),
                    "text": "in/: 1 of 5 files rejected (EMPTY_FILE 1)",
                },
                {
                    "kind": "in_flight",
                    "prefix": "in/",
                    "count": 1,
                    "of": 5,
                    "what": "1 of 5 files in flight",
                    "cause": "still running",
                    "command": f"{COMMAND} executions --status running",
                    "console_url": f"{LIST}RUNNING",
                    "text": "in/: 1 of 5 files in flight (still running)",
                },
            ],
            "items_total": 3,
        },
        "totals": TOTALS,
        "duplicates": 0,
        "open_executions": 0,
        "files": {
            "console_url": (
                f"{HOME}/s3/buckets/reports?region=eu-west-1&prefix=processed/date={DATE}/"
            ),
            "command": f"{COMMAND} files --date {DATE}",
            "records": f"s3://reports/records/date={DATE}/records.json.gz",
        },
        "by_format": [row(2, 1202, 2500, format="csv"), row(1, 0, 2000, format="json")],
        "unusual": [],
        "by_prefix": [
            {
                "prefix": "in/",
                "received": 5,
                "processed": 2,
                "rejected": 1,
                "failed": 1,
                "in_flight": 1,
                "records": 1202,
                "bytes": 2600,
                "ragged_rows": 0,
                "first_arrival": f"{DATE}T10:00:00Z",
                "last_arrival": f"{DATE}T10:00:00Z",
                "median_seconds": None,
            },
            {
                "prefix": "(top level)",
                "received": 1,
                "processed": 1,
                "rejected": 0,
                "failed": 0,
                "in_flight": 0,
                "records": 0,
                "bytes": 2000,
                "ragged_rows": 4,
                "first_arrival": f"{DATE}T10:00:00Z",
                "last_arrival": f"{DATE}T10:00:00Z",
                "median_seconds": None,
            },
        ],
        "by_reading": [
            reading("(top level)", "json"),
            reading("in/", "csv", ";", 2, "id, <b>"),
            reading("in/", "csv", "\t", 1, "=id"),
        ],
        "doubtful": {
            "files": 1,
            "named": [
                {
                    "key": "c.json",
                    "version_id": "1",
                    "ragged_rows": 4,
                    "warnings": ["it is odd"],
                }
            ],
        },
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
        "expected": [{"contract": "orders", "prefix": "in/", "came": True, "processed": True}],
        "deliveries": {"total": 0, "complete": 0, "named": []},
        "repeated": {"files": 0, "named": []},
        "ignored_keys": [],
        "acknowledged": [],
        "history": [{"date": "2026-11-21", **TOTALS, "records": 1}],
        "trend": {
            "days": days_until(DATE),
            "prefixes": [
                {
                    "prefix": name,
                    "received": [None] * 29 + [received],
                    "processed": [None] * 29 + [processed],
                }
                for name, received, processed in (("in/", 5, 2), ("(top level)", 1, 1))
            ],
            "prefixes_total": 2,
        },
        "changes": None,
    }
    assert hours[10] == row(4, 1202, 4600, hour="10")
    assert [hour["hour"] for hour in hours] == [f"{number:02}" for number in range(24)]
    assert all(hour == row(0, 0, 0, hour=hour["hour"]) for hour in (*hours[:10], *hours[11:]))
    assert cost["lines"][0]["quantity"] == 3 * 3 + 5 + 1 + 10
    assert cost["lines"][5]["quantity"] == 1


def test_unfinished_uploads_are_listed_by_key_and_version_up_to_ten_thousand():
    keys = [("b", "1"), ("a", "2"), ("a", "1"), *((f"c{n:05}", "1") for n in range(10_000))]
    found = [Unfinished(key, version, ARN, "FAILED") for key, version in keys]
    report = build(Summary(), Findings(DATE, settled=False, failed=found), NOW, None)
    listed = [(each["key"], each["version_id"]) for each in report["failures"]]
    assert listed == sorted(keys)[:10_000]
    assert (report["totals"]["failed"], report["settled"]) == (10_003, False)


def test_formats_of_as_many_files_are_listed_by_name():
    records = [processed(f"{kind}", 1, 1, kind) for kind in ("b", "c", "a", "c")]
    report = build(summarize(records), Findings(DATE, settled=True), NOW, None)
    assert [each["format"] for each in report["by_format"]] == ["c", "a", "b"]


def test_an_executions_page_is_in_its_own_region():
    assert console_url(ARN) == URL


@pytest.mark.parametrize(
    "shown",
    [
        *("4.6 kB", "1,202", "2026-11-21", "in/f.csv", "in/r.csv", "Boom"),
        *("<code>tab</code>", "id, &lt;b&gt;", "4 ragged rows; it is odd"),
    ],
)
def test_the_page_shows(shown):
    assert shown in to_html(document())


def test_the_rows_of_the_prefixes_add_up_to_the_totals_with_the_files_that_left_no_record():
    lost = Unfinished("", "e", ARN, "FAILED", described=False)
    failed = [FAILED, lost, Unfinished("only-failed/f.csv", "1", ARN, "FAILED")]
    found = Findings(DATE, settled=True, failed=failed, in_flight=[RUNNING])
    report = document(findings=found)
    for each in report["by_prefix"]:
        parts = ("processed", "rejected", "failed", "in_flight")
        assert each["received"] == sum(each[name] for name in parts)
    for name in TOTALS:
        assert sum(each[name] for each in report["by_prefix"]) == report["totals"][name]
    assert "only-failed/" in [each["prefix"] for each in report["by_prefix"]]


def test_a_report_of_before_readings_were_kept_is_still_shown():
    old = document()
    for name in ADDED:
        del old[name]
    assert "in/f.csv" in to_html(old)
    assert "by_reading" not in to_csv(old)
    assert current(old) == {**old, **dict.fromkeys(ADDED)}


def test_what_had_no_room_in_the_report_is_counted():
    few = document() | {"doubtful": {"files": 1205, "named": document()["doubtful"]["named"]}}
    few["by_reading"] = [*few["by_reading"], reading("(other readings)", None) | {"files": 77}]
    page = to_html(few)
    assert "and 1,204 more" in page
    assert "(other readings)" in page


def test_a_report_of_before_there_were_verdicts_is_still_shown():
    report = document()
    old = {name: value for name, value in report.items() if name not in NEW} | {
        "schema_version": 1,
        "by_prefix": [row(3, 1202, 2600, prefix="in/")],
        "expected": [{"contract": "orders", "prefix": "in/", "came": False}],
    }
    assert "in/" in to_html(old)
    assert "expected,in/,,,,did not come" in to_csv(old)
    now = current(old)
    assert now["by_prefix"][0] | {"received": 3, "rejected": None} == now["by_prefix"][0]
    assert with_day_before(now, a_report_of("2026-11-21", 9))["verdict"] is None


def test_the_cost_of_a_day_counts_the_files_whose_values_were_checked():
    records = [
        any_record("in/a.csv", profile=[], size_bytes=10**9),
        any_rejection("in/b.csv", breaches=[{"rule": "a.type"}], size_bytes=10**9),
        any_rejection("in/c.csv", breaches=None),
        any_record("in/d.csv", profile=None),
    ]
    summary = Summary.from_json(summarize(records).to_json())
    assert summary.checked.to_json() == [2, 3, 2 * 10**9]
    found = build(summary, Findings(date=DATE, settled=True), NOW, None)
    named = {line["what"]: line["quantity"] for line in found["cost"]["lines"]}
    assert named["Lambda GB-seconds of field rules"] == round(50.3 * 1769 / 1024, 3)
