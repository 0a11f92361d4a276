"""The report's equation and its three forms."""

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from functions.core import keys
from functions.core.contracts.contract import Contract, Contracts
from functions.core.errors import TransientError
from functions.core.reporting import write_report
from functions.core.reporting.document import day_totals
from functions.core.reporting.findings import Unfinished
from functions.core.reporting.origin import Origin
from functions.core.reporting.page import to_html
from functions.core.reporting.publish import FORMS
from functions.core.reporting.summarize_batch import summarize, summarize_keys
from functions.core.reporting.table import HEADER, safe, to_csv

DATE = "2026-11-22"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:"
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[4] / "docs" / "report.schema.json").read_text()
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
    return Unfinished(key, "1", f"{ARN}{key}", status, error="Boom", **fields)


class FakeExecutions:
    def __init__(self, *found):
        self.found = found
        self.asked = 0

    def unfinished(self, date, start, statuses):
        assert start == datetime.fromisoformat(f"{date}T00:00:00+00:00")
        return iter([each for each in self.found if each.status in statuses])

    def with_state(self, upload):
        self.asked += 1
        return replace(upload, state="CountRecords")


class FakeReports:
    """The reports bucket as a dictionary."""

    bucket = "reports"

    def __init__(self, *batches, recorded=()):
        self.batches = [
            {**summarize(batch).to_json(), "records_key": f"batch-{len(batches) - place}"}
            for place, batch in enumerate(batches)
        ]
        self.joined = {}
        self.recorded = set(recorded)
        self.written = {}
        self.processed = set()
        self.rejected = set()

    def results(self, manifest_key):
        assert manifest_key == "manifest"
        return iter(self.batches)

    def without_record(self, date, files):
        assert not files or date == DATE
        assert {version for _, version in files} <= {"1"}
        return {file for file in files if file[0] not in self.recorded}

    def join_records(self, date, batch_keys):
        self.joined[date] = list(batch_keys)

    def acknowledged(self, date):
        return []

    def has_processed(self, date, prefix):
        assert date == DATE
        return prefix in self.processed

    def has_rejected(self, date, prefix):
        assert date == DATE
        return prefix in self.rejected

    def report(self, date):
        text = self.written.get(keys.report_key(date, "json"))
        return json.loads(text) if text else None

    def tagged(self, key):
        text = self.written.get(key)
        return (json.loads(text), text) if text else None

    def replace(self, key, text, tag):
        if self.written.get(key) != tag:
            return False
        self.written[key] = text
        return True

    def write(self, key, form, text):
        assert key.endswith(f".{form}")
        self.written[key] = text


def write(reports, executions=None, date=DATE, generated_at="2026-11-23T00:05:00Z", **options):
    given = {"settled": True, "manifest_key": "manifest", **options}
    answer = write_report.write(
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


def latest(reports):
    return json.loads(reports.written[keys.latest_key("json")])["date"]


def test_the_latest_report_is_that_of_the_newest_day():
    reports = FakeReports([any_record()])
    write(reports)
    write(reports, date="2026-11-20")
    assert latest(reports) == DATE
    _, report = write(reports, date="2026-11-23")
    assert latest(reports) == "2026-11-23"
    assert [day["date"] for day in report["history"]] == ["2026-11-20", DATE]


def test_a_restated_day_is_restated_in_the_history_of_the_reports_after_it():
    reports = FakeReports([any_record()])
    write(reports)
    write(reports, date="2026-11-23")
    reports.batches.append(summarize([any_record("in/late.csv")]).to_json())
    _, report = write(reports, generated_at="2026-11-25T09:00:00Z")
    later = reports.report("2026-11-23")
    assert later["history"] == [day_totals(report)]
    assert later["changes"] == {"since": "2026-11-25T09:00:00Z", "totals": {}, "history": [DATE]}
    jsonschema.validate(later, SCHEMA)
    for form, made in (("html", to_html(later)), ("csv", to_csv(later))):
        assert reports.written[keys.report_key("2026-11-23", form)] == made
    # A rebuilt one says nothing else than the stored one.
    _, rebuilt = write(reports, date="2026-11-23", generated_at=later["generated_at"])
    assert rebuilt["history"] == later["history"]


def test_the_latest_report_has_the_restated_history_of_its_day():
    reports = FakeReports([any_record()])
    write(reports)
    write(reports, date="2026-11-23")
    reports.batches.append(summarize([any_record("in/late.csv")]).to_json())
    write(reports, generated_at="2026-11-25T09:00:00Z")
    for form in ("json", "html", "csv"):
        newest = reports.written[keys.report_key("2026-11-23", form)]
        assert reports.written[keys.latest_key(form)] == newest


class Racing(FakeReports):
    """Another execution comes in between, just once, before the write that is told of."""

    def __init__(self, *batches, before, other):
        super().__init__(*batches)
        self.before, self.other = before, other

    def _race(self, key):
        if key == self.before:
            self.before = None
            self.other(self)

    def replace(self, key, text, tag):
        self._race(key)
        return super().replace(key, text, tag)

    def write(self, key, form, text):
        self._race(key)
        super().write(key, form, text)


@pytest.mark.parametrize("form", ["json", "html", "csv"])
def test_the_latest_report_never_goes_back_whoever_comes_in_between(form):
    def night(reports):
        write(reports, date="2026-11-23")

    reports = Racing([any_record()], before=keys.latest_key(form), other=night)
    write(reports)
    assert latest(reports) == "2026-11-23"
    for each in ("html", "csv"):
        newest = reports.written[keys.report_key("2026-11-23", each)]
        assert reports.written[keys.latest_key(each)] == newest


def test_the_latest_report_has_a_history_that_changes_while_it_is_copied():
    """The day before is restated after the newest day's report was read, and before the copy."""

    def restate(reports):
        reports.batches.append(summarize([any_record("in/late.csv")]).to_json())
        write(reports, generated_at="2026-11-25T09:00:00Z")

    reports = FakeReports([any_record()])
    write(reports)
    racing = Racing(*[[any_record()]], before=keys.latest_key("json"), other=restate)
    racing.written = {
        key: text for key, text in reports.written.items() if key != keys.latest_key("json")
    }
    write(racing, date="2026-11-23")
    newest = racing.written[keys.report_key("2026-11-23", "json")]
    assert racing.written[keys.latest_key("json")] == newest


@pytest.mark.parametrize("there_before", [True, False])
def test_two_days_that_are_restated_side_by_side_agree(there_before):
    """What seed 30501 of the simulation found, and the same where the later has no report yet."""

    def restate(reports):
        reports.batches.append(summarize([any_record("in/late.csv")]).to_json())
        write(reports, generated_at="2026-11-25T09:00:00Z")

    later = keys.report_key("2026-11-23", "json")
    reports = FakeReports([any_record()])
    write(reports)
    if there_before:
        write(reports, date="2026-11-23")
    racing = Racing([any_record()], before=later, other=restate)
    racing.written = dict(reports.written)
    write(racing, date="2026-11-23")
    assert racing.report("2026-11-23")["history"] == [day_totals(racing.report(DATE))]


@pytest.mark.parametrize("form", ["json", "html", "csv"])
def test_the_three_forms_of_a_report_say_the_same_whoever_comes_in_between(form):
    def redrive(reports):
        reports.batches.append(summarize([any_record("in/late.csv")]).to_json())
        write(reports, generated_at="2026-11-23T00:06:00Z")

    reports = Racing([any_record()], before=keys.report_key(DATE, form), other=redrive)
    write(reports)
    stored = reports.report(DATE)
    assert reports.written[keys.report_key(DATE, "html")] == to_html(stored)
    assert reports.written[keys.report_key(DATE, "csv")] == to_csv(stored)


def test_a_report_that_others_write_all_the_time_is_tried_again_later():
    class Busy(FakeReports):
        def replace(self, key, text, tag):
            return False

    with pytest.raises(TransientError, match="is written by others all the time"):
        write(Busy([any_record()]))


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

    found = summarize_keys([marker, record, "processed/folder/"], read, keep)
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
    assert "b&lt;i&gt;/: no file came" in page
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


def test_a_report_is_compared_with_16_stored_ones_at_most():
    _, usual = write(FakeReports([any_record(f"orders/{n}.csv") for n in range(20)]))
    reports, asked = FakeReports([any_record(f"orders/{n}.csv") for n in range(5)]), set()
    for ago in range(1, 60):
        day = (datetime.fromisoformat(DATE) - timedelta(days=ago)).date().isoformat()
        reports.written[keys.report_key(day, "json")] = json.dumps({**usual, "date": day})
    stored = reports.report

    def report(date):
        asked.add((datetime.fromisoformat(DATE) - datetime.fromisoformat(date)).days)
        return stored(date)

    reports.report = report
    _, found = write(reports)
    assert {ago for ago in asked if ago > 0} == {*range(1, 15), 21, 28}
    assert [(each["prefix"], each["kind"]) for each in found["unusual"]] == [("orders/", "volume")]
