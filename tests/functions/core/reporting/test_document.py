"""The report in full, field by field and row by row: what its readers rely on."""

import csv
import io

import pytest

from functions.core.reporting.document import (
    build,
    current,
    day_totals,
    with_history,
)
from functions.core.reporting.findings import Expected, Findings, Unfinished, console_url
from functions.core.reporting.origin import Origin
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import Summary, summarize
from functions.core.reporting.table import to_csv

DATE = "2026-11-22"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:e"
URL = (
    "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
    f"#/v2/executions/details/{ARN}"
)
NOW = "2026-11-23T00:05:00Z"
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
    return record(key, size, status="processed", format=kind, records=records, encoding="utf-8")


def rejected(key, size):
    error = {"code": "EMPTY_FILE", "message": "nothing in it"}
    return record(key, size, status="rejected", records=None, error=error)


RECORDS = [
    processed("in/a.csv", 1000, 1200) | {"delimiter": "\t", "columns": ["=id"]},
    processed("in/b.csv", 1500, 2) | {"delimiter": ";", "columns": ["id", "<b>"]},
    processed("c.json", 2000, 0, "json") | {"ragged_rows": 4, "warnings": ["it is odd"]},
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
    expected=[Expected("orders", "in/", came=True, processed=True)],
    origin=Origin.of(
        "arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "tally", "prod"
    ),
    history=[day_totals(BEFORE)],
)
NEW = ("deployment", "unsettled_because", "verdict", "unusual", "by_reading", "doubtful")
COMMAND = "tally --project tally --environment prod"
HOME = "https://eu-west-1.console.aws.amazon.com"
LIST = (
    f"{HOME}/states/home?region=eu-west-1#/statemachines/view/"
    "arn:aws:states:eu-west-1:123456789012:stateMachine:p?statusFilter="
)


def document(previous=None, findings=FINDINGS):
    return build(summarize(RECORDS), findings, NOW, previous)


def row(files, records, size, **name):
    return {**name, "files": files, "records": records, "bytes": size}


def reading(prefix, kind, delimiter=None, columns=None, names=None):
    return {
        "prefix": prefix,
        "format": kind,
        "delimiter": delimiter,
        "encoding": "utf-8",
        "columns": columns,
        "names": names,
        "files": 1,
    }


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
    assert rows[0] == [
        *("section", "name", "files", "records", "bytes", "note"),
        *("processed", "rejected", "failed", "in_flight"),
        *("last_arrival", "ragged_rows", "first_arrival"),
    ]
    short = [line[:6] for line in rows[1:]]
    hours = [line for line in short if line[0] == "by_hour"]
    of = "files with a record: processed and rejected"
    assert len(hours) == 24
    assert ["by_hour", "10", "4", "1202", "4600", of] in hours
    of = "all files; records of processed ones, size of those with a record"
    assert [line for line in short if line[0] != "by_hour"] == [
        ["day", DATE, "", "", "", ""],
        ["deployment", "project", "", "", "", "tally"],
        ["deployment", "environment", "", "", "", "prod"],
        ["deployment", "account", "", "", "", "123456789012"],
        ["deployment", "region", "", "", "", "eu-west-1"],
        ["verdict", "headline", "", "", "", "3 of 6 files were not counted."],
        *(
            ["verdict", "in/", "1", "", "", f"{each['text']}: {each['command']}"]
            for each in document()["verdict"]["items"]
        ),
        ["totals", "received", "6", "", "", ""],
        ["totals", "processed", "3", "", "", ""],
        ["totals", "rejected", "1", "", "", ""],
        ["totals", "failed", "1", "", "", ""],
        ["totals", "in_flight", "1", "", "", ""],
        ["totals", "all", "6", "1202", "4600", ""],
        ["by_format", "csv", "2", "1202", "2500", "processed files"],
        ["by_format", "json", "1", "0", "2000", "processed files"],
        ["by_prefix", "in/", "5", "1202", "2600", of],
        ["by_prefix", "(top level)", "1", "0", "2000", of],
        ["by_reading", "(top level)", "1", "", "", "json, utf-8"],
        ["by_reading", "in/", "1", "", "", "csv, delimiter ;, utf-8, 2 columns: id, <b>"],
        ["by_reading", "in/", "1", "", "", "csv, delimiter tab, utf-8, 1 column: =id"],
        ["doubtful", "c.json", "1", "", "", "4 ragged rows; it is odd"],
        ["errors", "EMPTY_FILE", "1", "", "", ""],
        ["rejections", "in/bad.csv", "1", "", "", "EMPTY_FILE: nothing in it"],
        ["expected", "in/", "", "", "", "came"],
        ["failures", "in/f.csv", "1", "", "", "CountRecords: Boom"],
        ["in_flight", "in/r.csv", "1", "", "", "RUNNING: None"],
    ]
    moment = f"{DATE}T10:00:00Z"
    assert [line[6:] for line in rows if line[0] == "by_prefix"] == [
        ["2", "1", "1", "1", moment, "0", moment],
        ["1", "0", "0", "0", moment, "4", moment],
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


def settled(moment, *in_flight, over=False):
    found = Findings(DATE, settled=over, in_flight=in_flight)
    return build(Summary(), found, moment, None)["unsettled_because"]


def test_not_settled_says_why():
    assert settled(NOW, over=True) is None
    assert settled(f"{DATE}T10:00:00Z") == "the day is not over"
    assert settled(f"{DATE}T10:00:00Z", RUNNING) == "the day is not over; 1 runs still"
    assert settled(NOW, RUNNING, RUNNING) == "2 run still"
    assert settled(NOW) == "files of the day ran until just before this was written"
    page = to_html(build(Summary(), Findings(DATE, settled=False), f"{DATE}T10:00:00Z", None))
    assert "before the day had settled: the day is not over" in page


def headline(records, **findings):
    found = Findings(DATE, settled=True, **findings)
    return build(summarize(records), found, NOW, None)["verdict"]["headline"]


def test_a_verdict_is_in_words():
    good, absent = RECORDS[:3], Expected("orders", "o/", came=False, processed=False)
    assert headline(good) == "All 3 files were counted."
    assert headline(good[:1]) == "The only file was counted."
    assert headline([]) == "No file came."
    assert headline([], failed=[FAILED]) == "1 of 1 file was not counted."
    assert headline(good, expected=[absent]) == (
        "All 3 files were counted; 1 file that was expected did not come."
    )


def test_what_is_most_urgent_is_first_and_a_rejected_share_names_its_codes():
    codes = ["A"] * 2 + ["B"] * 9 + ["C", "D"]
    records = [rejected(f"orders/{n}.csv", 1) for n, _ in enumerate(codes)]
    for each, code in zip(records, codes, strict=True):
        each["error"] = {"code": code, "message": ""}
    records += [processed(f"orders/good{n}.csv", 1, 1) for n in range(24)]
    expected = [
        Expected("a", "a/", came=False, processed=False),
        Expected("b", "orders/", came=True, processed=False),
    ]
    found = Findings(DATE, settled=True, failed=[FAILED], in_flight=[RUNNING], expected=expected)
    verdict = build(summarize(records), found, NOW, None)["verdict"]
    assert [each["text"] for each in verdict["items"]] == [
        "in/: 1 of 2 files failed (CountRecords: Boom)",
        "orders/: files came, none was processed (contract b expects one a day)",
        "a/: no file came (contract a expects one a day)",
        "orders/: 13 of 37 files rejected (B 9, A 2, C 1, and other codes)",
        "in/: 1 of 2 files in flight (still running)",
    ]
    assert verdict["headline"] == (
        "15 of 39 files were not counted; 1 file that was expected did not come."
    )


def test_a_report_of_before_readings_were_kept_is_still_shown():
    old = document()
    del old["by_reading"], old["doubtful"], old["unusual"]
    assert "in/f.csv" in to_html(old)
    assert "by_reading" not in to_csv(old)
    assert current(old) == {**old, "by_reading": None, "doubtful": None, "unusual": None}


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
    assert with_history(now, {**day_totals(BEFORE), "records": 9}, NOW)["verdict"] is None
