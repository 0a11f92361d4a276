"""The stored forms of a report, the newest one, and the history that restated days change."""

import json

import jsonschema
import pytest

from functions.core import keys
from functions.core.errors import TransientError
from functions.core.reporting.document import day_totals
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import summarize
from functions.core.reporting.table import to_csv
from tests.builders.day_reports import DATE, SCHEMA, FakeReports, any_record, write


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
