"""Two reports of a day, made at once: the one that began later stays, whichever ends last."""

import json
from datetime import UTC, datetime

import pytest

from functions.core import keys
from functions.core.reporting.report_order import began_later
from tests.builders.day_reports import DATE, FakeReports, any_record, write

FIRST, SECOND = "2026-11-23T00:05:00.000Z", "2026-11-23T00:06:00.000Z"
NEXT = "2026-11-23"


@pytest.mark.parametrize(
    ("other", "begun", "now", "expected"),
    [
        (SECOND, FIRST, "2026-11-23T01:00:00", True),
        (FIRST, SECOND, "2026-11-23T01:00:00", False),
        (FIRST, FIRST, "2026-11-23T01:00:00", False),  # it is tried again
        (SECOND, FIRST, "2026-11-23T00:05:30", False),  # the clock was put back
        ("2026-11-23T02:06:00+02:00", FIRST, "2026-11-23T01:00:00", True),
    ],
)
def test_a_report_began_later_by_a_clock_that_is_not_ahead(other, begun, now, expected):
    assert began_later(other, begun, datetime.fromisoformat(now).replace(tzinfo=UTC)) is expected


def stored(reports, date):
    return json.loads(reports.written[keys.report_key(date, "json")])


def of_records(number):
    return [any_record(f"in/{each}.csv") for each in range(number)]


def test_a_report_that_began_earlier_does_not_replace_a_later_one_and_answers_what_is_stored():
    reports = FakeReports(of_records(2))
    write(reports, generated_at=SECOND)
    reports.batches = FakeReports(of_records(1)).batches
    before = dict(reports.written)
    answer, _ = write(reports, generated_at=FIRST)
    assert reports.written == before
    assert (answer["processed"], stored(reports, DATE)["generated_at"]) == (2, SECOND)
    assert "2 files" in answer["announcement"]["subject"] + answer["announcement"]["message"]


def test_a_report_that_began_later_replaces_an_earlier_one():
    reports = FakeReports(of_records(1))
    write(reports, generated_at=FIRST)
    reports.batches = FakeReports(of_records(2)).batches
    write(reports, generated_at=SECOND)
    assert stored(reports, DATE)["totals"]["processed"] == 2


class Overtaken(FakeReports):
    """While a day's report is put into the next day's, a later report of that day is stored.

    Its writer finds nothing to tell the next day, which says already what it would.
    """

    def __init__(self, *batches, later):
        super().__init__(*batches)
        self.later = later

    def replace(self, key, text, tag):
        if self.later and key == keys.report_key(NEXT, "json"):
            self.written[keys.report_key(DATE, "json")], self.later = self.later, None
        return super().replace(key, text, tag)


def test_what_the_next_day_is_told_is_told_again_if_the_day_was_stored_anew_meanwhile():
    full = FakeReports(of_records(2))
    write(full, generated_at=SECOND)
    write(full, date=NEXT, generated_at="2026-11-24T00:05:00.000Z", manifest_key=None)
    later = full.written.pop(keys.report_key(DATE, "json"))
    reports = Overtaken(of_records(1), later=later)
    reports.written |= full.written
    write(reports, generated_at=FIRST)
    assert stored(reports, DATE)["totals"]["processed"] == 2
    (before,) = stored(reports, NEXT)["history"]
    assert (before["date"], before["processed"]) == (DATE, 2)
