"""The report's equation and its three forms."""

import csv
import gzip
import io
import json
from datetime import datetime, timedelta

import jsonschema

from functions.core import keys
from functions.core.contracts.contract import Contract, Contracts
from functions.core.reporting.findings import Unfinished
from functions.core.reporting.origin import Origin
from functions.core.reporting.page import to_html
from functions.core.reporting.publish import FORMS
from functions.core.reporting.summarize_batch import summarize, summarize_keys
from functions.core.reporting.table import HEADER, safe, to_csv
from tests.builders.day_reports import (
    ARN,
    DATE,
    SCHEMA,
    FakeExecutions,
    FakeReports,
    any_record,
    any_rejection,
    unfinished,
    write,
)

NASTY = '=cmd|x!A1/<img src=x onerror=alert(1)>,"q".csv'


def test_received_is_processed_and_rejected_and_failed_and_in_flight():
    reports = FakeReports([any_record(), any_rejection()], [any_record("in/b.csv")])
    executions = FakeExecutions(unfinished("in/f.csv"), unfinished("in/r.csv", "RUNNING"))
    answer, report = write(reports, executions)
    forms = {form: f"daily-reports/date={DATE}/report.{form}" for form in ("json", "html", "csv")}
    assert answer["report"] == {"bucket": "reports", "keys": forms}
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


def test_ten_thousand_failed_files_are_named_and_the_totals_count_them_all():
    executions = FakeExecutions(*(unfinished(f"in/{number:05}.csv") for number in range(10_002)))
    reports = FakeReports([any_record()])
    _, report = write(reports, executions)
    assert report["totals"]["received"] == 10_003
    assert [each["key"] for each in report["failures"]] == [f"in/{n:05}.csv" for n in range(10_000)]
    assert executions.asked == 10_000  # each takes a call, of which there are 20 a second on AWS
    assert {each["state"] for each in report["failures"]} == {"CountRecords"}
    assert reports.written[keys.report_key(DATE, "csv")].count("failures,") == 10_000
    page = reports.written[keys.report_key(DATE, "html")]
    assert page.count("/executions/details/") == 100
    assert "and 9,902 more" in page


def test_what_has_a_record_by_now_is_not_asked_for_its_state():
    executions = FakeExecutions(unfinished("in/f.csv"))
    write(FakeReports([any_record("in/f.csv")], recorded={"in/f.csv"}), executions)
    assert executions.asked == 0


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
        "history": [],
    }


def test_an_execution_that_failed_is_open_even_if_its_file_has_a_record():
    reports = FakeReports([any_record()], recorded={"in/a.csv"})
    _, report = write(reports, FakeExecutions(unfinished("in/a.csv")))
    assert (report["totals"]["failed"], report["open_executions"]) == (0, 1)


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
    assert {len(row) for row in rows} == {len(HEADER)}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert safe(-5) == -5
    assert safe("-5") == "'-5"
    for beginning in "=+-@\t\r\n＝＋－＠":  # noqa: RUF001 - full width, which Excel takes for ASCII
        assert safe(f"{beginning}1+1") == f"'{beginning}1+1"


def test_a_report_is_of_its_published_schema():
    reports = FakeReports([any_record(NASTY), any_rejection()], [any_record("b.csv")])
    unaccounted = FakeExecutions(unfinished("in/f.csv"), unfinished("in/r.csv", "RUNNING"))
    for report in (write(FakeReports(), manifest_key=None)[1], write(reports, unaccounted)[1]):
        jsonschema.validate(report, SCHEMA, format_checker=jsonschema.FormatChecker())
    reports.recorded.add("in/f.csv")
    jsonschema.validate(write(reports, unaccounted)[1], SCHEMA)


def test_ignored_duplicates_are_counted_without_being_read():
    marker = keys.duplicate_key(DATE, "in/a.csv", "1", f"{ARN}second")
    record = keys.record_key(DATE, "in/a.csv", "1")
    asked = []

    def read(names):
        asked.extend(names)
        return [any_record()]

    def keep(names, content):
        assert names == [record]
        (line,) = gzip.decompress(content).splitlines()
        assert json.loads(line) == any_record()
        return "kept"

    found = summarize_keys(dict.fromkeys((marker, record, "processed/folder/")), read, keep)
    assert asked == [record]
    assert (found["duplicates"], found["processed"][0], found["records_key"]) == (1, 1, "kept")


def test_the_records_of_all_batches_become_the_days_file_in_one_order():
    reports = FakeReports([any_record()], [any_rejection()], [any_record("in/c.csv")])
    write(reports)
    assert reports.joined == {DATE: ["batch-1", "batch-2", "batch-3"]}


def test_a_redrive_with_batches_from_before_there_were_files_of_records_joins_none():
    reports = FakeReports([any_record()], [any_rejection()])
    del reports.batches[1]["records_key"]
    write(reports)
    assert reports.joined == {}


def test_what_of_an_expected_file_came_is_said_in_every_form_and_to_subscribers():
    contracts = Contracts(
        tuple(
            Contract(name, f"{name}/", expected_since=since)
            for name, since in (
                ("a", DATE),
                ("b<i>", DATE),
                ("bad", DATE),
                ("f", DATE),
                ("later", "2026-11-23"),
            )
        )
    )
    reports = FakeReports([any_record("a/1.csv")])
    reports.processed, reports.rejected = {"a/"}, {"a/", "bad/"}
    failed = FakeExecutions(unfinished("f/1.csv"))
    answer, document = write(reports, failed, contracts=contracts)
    jsonschema.validate(document, SCHEMA)
    assert [
        (each["contract"], each["came"], each["processed"]) for each in document["expected"]
    ] == [("a", True, True), ("b<i>", False, False), ("bad", True, False), ("f", True, False)]
    table = reports.written[keys.report_key(DATE, "csv")]
    assert "expected,b<i>/,,,,did not come" in table
    assert 'expected,bad/,,,,"came, none was processed"' in table
    page = reports.written[keys.report_key(DATE, "html")]
    assert "<bdi>b&lt;i&gt;/</bdi>: no file came" in page
    assert "came, none was processed" in page
    assert (
        "- b<i>/: no file came (contract b<i> expects one a day)"
        in (answer["announcement"]["message"])
    )


def test_what_a_report_could_not_ask_for_is_in_the_equation_and_not_named():
    many = [
        Unfinished(
            key="", version_id=f"e{n}", execution_arn=f"{ARN}{n}", status=status, described=False
        )
        for n in range(600)
        for status in ("RUNNING", "FAILED")[n % 2 :][:1]
    ]
    executions = FakeExecutions(*many, unfinished("in/f.csv"))
    reports = FakeReports([any_record()])
    answer, document = write(reports, executions)
    assert (answer["received"], answer["failed"], answer["in_flight"]) == (602, 301, 300)
    assert [each["key"] for each in document["failures"]] == ["in/f.csv"]
    assert document["in_flight"] == []
    assert executions.asked == 1


def test_a_report_says_whose_it_is_in_every_form():
    reports = FakeReports([any_record()])
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:m"
    answer, _ = write(reports, origin=Origin.of(machine, "reports", "tally", "prod"))
    message = answer["announcement"]["message"]
    for form in (*(reports.written[keys.report_key(DATE, form)] for form in FORMS), message):
        assert all(each in form for each in ("tally", "prod", "123456789012", "eu-west-1"))


def test_of_the_stored_reports_those_of_29_days_are_read_and_each_once():
    _, usual = write(FakeReports([any_record(f"orders/{n}.csv") for n in range(20)]))
    reports, asked = FakeReports([any_record(f"orders/{n}.csv") for n in range(5)]), []
    for ago in range(1, 60):
        day = (datetime.fromisoformat(DATE) - timedelta(days=ago)).date().isoformat()
        reports.written[keys.report_key(day, "json")] = json.dumps({**usual, "date": day})
    stored = reports.report

    def report(date):
        asked.append((datetime.fromisoformat(DATE) - datetime.fromisoformat(date)).days)
        return stored(date)

    reports.report = report
    _, found = write(reports)
    assert [ago for ago in asked if ago] == [*range(29, 0, -1)]
    assert [(each["prefix"], each["kind"]) for each in found["unusual"]] == [("orders/", "volume")]
