"""The report's equation, its three forms, and when it is written."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from functions.core import keys, planning, writing
from functions.core.contracts.contract import Contract, Contracts
from functions.core.errors import InvalidRequest
from functions.core.report.document import Unfinished
from functions.core.report.page import to_html
from functions.core.report.table import safe, to_csv
from functions.core.summary import summarize, summarize_keys

DATE = "2026-11-22"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:"
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "report.schema.json").read_text()
)
NASTY = '=cmd|x!A1/<img src=x onerror=alert(1)>,"q".csv'


def any_record(key="in/a.csv", version="1", **fields):
    return {
        "key": key,
        "version_id": version,
        "status": "processed",
        "format": "csv",
        "records": 3,
        "size_bytes": 10,
        "uploaded_at": f"{DATE}T10:00:00Z",
        **fields,
    }


def any_rejection(key="in/bad.csv", **fields):
    error = {"code": "EMPTY_FILE", "message": "nothing in it"}
    return any_record(key, status="rejected", records=None, format=None, error=error, **fields)


def unfinished(key, status="FAILED", **fields):
    return Unfinished(key, "1", f"{ARN}{key}", status, "CountRecords", "Boom", **fields)


class FakeExecutions:
    def __init__(self, *found, running=False, left=()):
        self.found = found
        self.running = running
        self.left = left  # when executions began that failed or run still

    def unfinished(self, date, start, statuses):
        assert start == datetime.fromisoformat(f"{date}T00:00:00+00:00")
        return iter([each for each in self.found if each.status in statuses])

    def any_running(self, start, end):
        assert start < end
        return self.running

    def any_unfinished(self, start, end):
        return any(start <= began < end for began in self.left)


class FakeReports:
    """The reports bucket as a dictionary."""

    bucket = "reports"

    def __init__(self, *batches, recorded=()):
        self.batches = [summarize(batch).to_json() for batch in batches]
        self.recorded = set(recorded)
        self.written = {}
        self.processed = set()

    def results(self, manifest_key):
        assert manifest_key == "manifest"
        return iter(self.batches)

    def has_record(self, date, key, version_id):
        return key in self.recorded

    def has_processed(self, date, prefix):
        return prefix in self.processed

    def report(self, date):
        text = self.written.get(keys.report_key(date, "json"))
        return json.loads(text) if text else None

    def latest_date(self):
        text = self.written.get(keys.latest_key("json"))
        return json.loads(text)["date"] if text else None

    def write(self, key, form, text):
        self.written[key] = text


def write(reports, executions=None, date=DATE, generated_at="2026-11-23T00:05:00Z", **options):
    given = {"settled": True, "manifest_key": "manifest", **options}
    answer = writing.write(
        date,
        generated_at=generated_at,
        executions=executions or FakeExecutions(),
        reports=reports,
        **given,
    )
    return answer, reports.report(date)


def test_received_is_processed_and_rejected_and_failed_and_in_flight():
    reports = FakeReports([any_record(), any_rejection()], [any_record("in/b.csv")])
    executions = FakeExecutions(unfinished("in/f.csv"), unfinished("in/r.csv", "RUNNING"))
    answer, report = write(reports, executions)
    assert report["totals"] == {
        "received": 5,
        "processed": 2,
        "rejected": 1,
        "failed": 1,
        "in_flight": 1,
        "records": 6,
        "bytes": 30,
    }
    assert {name: answer[name] for name in report["totals"]} == report["totals"]


def test_a_failed_file_is_named_with_its_state_its_error_and_a_link():
    _, report = write(FakeReports([]), FakeExecutions(unfinished("in/f.csv")))
    (failure,) = report["failures"]
    assert (failure["key"], failure["state"], failure["error"]) == (
        "in/f.csv",
        "CountRecords",
        "Boom",
    )
    assert failure["console_url"].startswith("https://eu-west-1.console.aws.amazon.com/states/")
    assert failure["execution_arn"] in failure["console_url"]


def test_a_failed_execution_whose_file_has_a_record_by_now_is_not_counted_again():
    reports = FakeReports([any_record("in/f.csv")], recorded={"in/f.csv"})
    _, report = write(reports, FakeExecutions(unfinished("in/f.csv")))
    assert (report["totals"]["received"], report["totals"]["failed"]) == (1, 0)


def test_a_file_that_failed_twice_is_one_file_and_one_that_runs_again_is_in_flight():
    twice = [unfinished("in/f.csv"), unfinished("in/f.csv")]
    _, report = write(FakeReports([]), FakeExecutions(*twice))
    assert report["totals"]["failed"] == 1
    again = FakeExecutions(unfinished("in/f.csv"), unfinished("in/f.csv", "RUNNING"))
    _, report = write(FakeReports([]), again)
    assert (report["totals"]["failed"], report["totals"]["in_flight"]) == (0, 1)


def test_an_empty_day_has_a_report_that_says_0():
    _, report = write(FakeReports(), manifest_key=None)
    assert set(report["totals"].values()) == {0}
    assert len(report["by_hour"]) == 24


def test_a_rebuilt_report_is_the_same_but_for_when_it_was_generated():
    reports = FakeReports([any_record(), any_rejection()])
    write(reports)
    first = dict(reports.written)
    write(reports, generated_at="2026-11-24T09:00:00Z")
    for key, text in reports.written.items():
        again = text.replace("2026-11-24T09:00:00Z", "2026-11-23T00:05:00Z")
        assert again == first[key]


def test_a_restated_report_says_what_changed_since_the_last():
    reports = FakeReports([any_record()])
    write(reports, FakeExecutions(unfinished("in/late.csv")))
    reports.batches.append(summarize([any_record("in/late.csv")]).to_json())
    reports.recorded.add("in/late.csv")
    _, report = write(reports, FakeExecutions(unfinished("in/late.csv")))
    assert report["changes"] == {
        "since": "2026-11-23T00:05:00Z",
        "totals": {"processed": 1, "failed": -1, "records": 3, "bytes": 10},
    }


def test_the_latest_report_is_that_of_the_newest_day():
    reports = FakeReports([any_record()])
    write(reports)
    write(reports, date="2026-11-20")
    assert reports.latest_date() == DATE
    _, report = write(reports, date="2026-11-23")
    assert reports.latest_date() == "2026-11-23"
    assert [day["date"] for day in report["history"]] == ["2026-11-20", DATE]


def test_the_page_escapes_what_users_named_and_loads_nothing():
    reports = FakeReports([any_record(NASTY), any_rejection(NASTY)])
    _, report = write(reports, FakeExecutions(unfinished(NASTY)))
    page = to_html(report)
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<script" not in page
    assert "src=" not in page.replace("img src=x", "")


def test_no_cell_of_the_table_is_a_formula():
    reports = FakeReports([any_record(NASTY), any_rejection(NASTY)])
    _, report = write(reports, FakeExecutions(unfinished(NASTY)))
    rows = list(csv.reader(io.StringIO(to_csv(report))))
    assert all(len(row) == 6 for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert safe(-5) == -5
    assert safe("-5") == "'-5"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_night_run_reports_the_day_before():
    day = planning.day_of(None, "2026-11-23T00:00:03.000Z")
    assert (day.date, day.asked_for) == (DATE, False)


def test_a_day_that_is_none_is_refused_in_one_line():
    with pytest.raises(InvalidRequest, match="date must be YYYY-MM-DD, not '2026-02-30'"):
        planning.day_of("2026-02-30", "2026-11-23T00:00:00Z")


@pytest.mark.parametrize(
    ("now", "asked_for", "in_flight", "rounds", "expected"),
    [
        ("2026-11-23T00:00:00", False, False, 0, 301),
        ("2026-11-23T00:06:00", False, False, 1, 0),
        ("2026-11-23T00:06:00", False, True, 1, 60),
        ("2026-11-23T00:06:00", True, True, 0, 60),
        ("2026-11-23T00:00:00", True, False, 0, 0),
        ("2026-11-23T01:06:00", False, True, planning.ROUNDS_LIMIT, 0),
    ],
)
def test_a_report_waits_for_the_grace_and_for_what_is_in_flight_but_not_for_ever(
    now, asked_for, in_flight, rounds, expected
):
    day = planning.Day(DATE, asked_for)
    found = planning.wait_seconds(day, at(now), in_flight=in_flight, rounds=rounds)
    assert found == expected


def late_days(nights, *left):
    """The days that the night after DATE restates; `left` are beginnings of what is unfinished."""
    day = planning.Day(DATE, asked_for=False)
    return planning.late_days(day, FakeExecutions(left=left), nights)


class Nights:
    """Reports and newest records by date."""

    def __init__(self, reports, newest):
        self.reports = reports
        self.newest = newest

    def has_records(self, date):
        return date in self.newest

    def newest_record(self, date):
        return self.newest.get(date)

    def report_written(self, date):
        return self.reports.get(date)


def made(begun, written=None, **totals):
    """A report that began at a moment of 21 November, and when it was written."""
    document = {"totals": {"failed": 0, "in_flight": 0, **totals}, "generated_at": f"{begun}.5Z"}
    return document, at(written or begun)


def test_days_with_records_newer_than_their_report_are_restated():
    early, noon = "2026-11-21T00:05:00", "2026-11-21T12:00:00"
    reports = {
        "2026-11-21": made(early),
        "2026-11-20": made(early, failed=1),
        "2026-11-19": made(noon, failed=1),
        "2026-11-18": made(early),
    }
    newest = dict.fromkeys((*reports, "2026-11-10", "2026-11-01"), at(noon))
    newest["2026-11-19"] = at(early)
    found = late_days(Nights(reports, newest))
    assert found == ["2026-11-10", "2026-11-20", "2026-11-21"]


def test_a_record_that_came_while_its_report_was_made_is_late():
    report = made("2026-11-22T00:10:00", written="2026-11-22T00:12:00")
    nights = Nights({"2026-11-21": report}, {"2026-11-21": at("2026-11-22T00:10:00")})
    assert late_days(nights) == ["2026-11-21"]


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        ("2026-11-22T00:04:59", []),  # the report names it itself
        ("2026-11-22T04:00:00", ["2026-11-21"]),
        ("2026-11-23T00:00:00", []),  # no event comes so late
    ],
)
def test_a_late_event_that_failed_since_the_report_restates_the_day_before(began, expected):
    reports = {date: made("2026-11-22T00:05:00") for date in ("2026-11-21", "2026-11-20")}
    assert late_days(Nights(reports, {}), at(began)) == expected


def test_an_old_report_that_a_redrive_wrote_over_a_newer_one_is_restated():
    report = made("2026-11-19T00:10:00", written=f"{DATE}T09:00:00")
    nights = Nights({"2026-11-18": report}, {"2026-11-18": at("2026-11-20T00:00:00")})
    assert late_days(nights) == ["2026-11-18"]


def test_a_day_asked_for_by_hand_restates_no_other():
    reports = Nights({}, {"2026-11-21": at("2026-11-21T12:00:00")})
    plan = planning.plan(
        planning.Day(DATE, asked_for=True),
        at("2026-11-23T00:00:00"),
        rounds=0,
        executions=FakeExecutions(),
        reports=reports,
    )
    assert plan["late_days"] == []
    assert (plan["wait_seconds"], plan["settled"], plan["has_records"]) == (0, True, False)


def test_a_report_is_of_its_published_schema():
    reports = FakeReports([any_record(NASTY), any_rejection()], [any_record("b.csv")])
    unaccounted = FakeExecutions(unfinished("in/f.csv"), unfinished("in/r.csv", "RUNNING"))
    for report in (write(FakeReports(), manifest_key=None)[1], write(reports, unaccounted)[1]):
        jsonschema.validate(report, SCHEMA, format_checker=jsonschema.FormatChecker())
    reports.recorded.add("in/f.csv")
    jsonschema.validate(write(reports, unaccounted)[1], SCHEMA)


def test_subscribers_get_the_equation_in_plain_words():
    reports = FakeReports([any_record(), any_rejection()])
    answer, _ = write(reports, FakeExecutions(unfinished("in/f.csv")))
    told = answer["announcement"]
    assert told["subject"] == "Files of 2026-11-22: 3 received, some need a look"
    assert told["message"].splitlines() == [
        "3 received = 1 processed + 1 rejected + 1 failed + 0 in flight",
        "3 records, 20 bytes",
        "failed: in/f.csv at CountRecords",
        "rejected: in/bad.csv (EMPTY_FILE)",
    ]


def test_ignored_duplicates_are_counted_without_being_read():
    marker = keys.duplicate_key(DATE, "in/a.csv", "1", f"{ARN}second")
    record = keys.record_key(DATE, "in/a.csv", "1")
    asked = []

    def read(names):
        asked.extend(names)
        return [any_record()]

    found = summarize_keys([marker, record, "processed/folder/"], read)
    assert asked == [record]
    assert (found.duplicates, found.processed.files) == (1, 1)


def test_an_expected_file_that_did_not_come_is_said_in_every_form_and_to_subscribers():
    contracts = Contracts(
        tuple(
            Contract(name, f"{name}/", expected_since=since)
            for name, since in (("a", DATE), ("b<i>", DATE), ("later", "2026-11-23"))
        )
    )
    reports = FakeReports([any_record("a/1.csv")])
    reports.processed = {"a/"}
    answer, document = write(reports, contracts=contracts)
    jsonschema.validate(document, SCHEMA)
    assert document["expected"] == [
        {"contract": "a", "prefix": "a/", "came": True},
        {"contract": "b<i>", "prefix": "b<i>/", "came": False},
    ]
    assert "expected,b<i>/,,,,did not come" in reports.written[keys.report_key(DATE, "csv")]
    assert "b&lt;i&gt;/" in reports.written[keys.report_key(DATE, "html")]
    assert "did not come: b<i> (b<i>/)" in answer["announcement"]["message"]
    assert answer["announcement"]["subject"].endswith("some need a look")
