"""A report says when it covers a time in which the local runtime was off."""

import json

import pytest

from functions.core.reporting.announcement import announce
from tests.builders.day_reports import DATE, FakeReports, any_record, write

NIGHT = "2026-11-21T22:00:00+00:00/2026-11-22T06:30:00+00:00"
LINE = (
    "The local runtime was off from 2026-11-22 00:00 to 2026-11-22 06:30 UTC: nothing could arrive."
)


@pytest.fixture(scope="module")
def reports():
    found = FakeReports([any_record()])
    write(found, runtime_off=["2026-11-01T00:00:00+00:00/2026-11-05T00:00:00+00:00", NIGHT])
    return found


def test_it_is_stored_as_far_as_it_lies_in_the_day(reports):
    assert reports.report(DATE)["runtime_off"] == [
        {"since": "2026-11-22T00:00:00+00:00", "until": "2026-11-22T06:30:00+00:00"}
    ]


def test_page_table_and_every_form_of_the_message_say_it(reports):
    document = reports.report(DATE)
    assert (
        f'<p class="warn">{LINE}</p>' in reports.written[f"daily-reports/date={DATE}/report.html"]
    )
    assert LINE in reports.written[f"daily-reports/date={DATE}/report.csv"]
    assert LINE in announce(document)["message"].split("\n")
    assert LINE in announce(document, "chat")["message"]
    assert json.loads(announce(document, "json")["message"])["runtime_off"]


def test_a_day_without_it_says_nothing():
    reports = FakeReports([any_record()])
    answer, document = write(reports)
    assert document["runtime_off"] == []
    assert "runtime" not in answer["announcement"]["message"]
