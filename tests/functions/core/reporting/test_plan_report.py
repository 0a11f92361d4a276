"""Which day a report is of, when it is written, and which days are restated."""

from datetime import UTC, datetime

import pytest

from functions.core.errors import InvalidRequest
from functions.core.reporting import plan_report

DATE = "2026-11-22"


class Began:
    """When executions began that failed or run still; none runs."""

    def __init__(self, *moments):
        self.moments = moments

    def any_running(self, start, end):
        assert start < end
        return False

    def failed(self, start):
        assert start == at(f"{DATE}T00:00:00")
        return iter(())

    def any_unfinished(self, start, end):
        return any(start <= began < end for began in self.moments)


class Running(Began):
    """One runs still."""

    def any_running(self, start, end):
        assert start < end
        return True


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_night_run_reports_the_day_before():
    day = plan_report.day_of(None, "2026-11-23T00:00:03.000Z")
    assert (day.date, day.asked_for) == (DATE, False)


@pytest.mark.parametrize("text", ["2026-11-23T00:00:00Z", "2026-11-23T23:59:59.999Z"])
def test_the_night_run_reports_the_day_before_it_was_due_in_whatever_form(text):
    assert plan_report.day_of(None, text).date == DATE


@pytest.mark.parametrize("text", ["midnight", "", None, 5, {}])
def test_a_time_that_is_none_is_refused_in_one_line(text):
    with pytest.raises(InvalidRequest, match="scheduled_at must be a time of ISO 8601"):
        plan_report.day_of(None, text)


def test_a_day_that_is_none_is_refused_in_one_line():
    with pytest.raises(InvalidRequest, match="date must be YYYY-MM-DD, not '2026-02-30'"):
        plan_report.day_of("2026-02-30", "2026-11-23T00:00:00Z")


@pytest.mark.parametrize(
    ("now", "asked_for", "in_flight", "rounds", "expected"),
    [
        ("2026-11-23T00:00:00", False, False, 0, 301),
        ("2026-11-22T23:59:59", False, False, 0, 302),
        ("2026-11-22T12:00:00", False, False, 0, 0),
        ("2026-11-23T00:06:00", False, False, 1, 0),
        ("2026-11-23T00:06:00", False, True, 1, 60),
        ("2026-11-23T00:06:00", True, True, 0, 60),
        ("2026-11-23T00:00:00", True, False, 0, 0),
        ("2026-11-23T01:06:00", False, True, plan_report.ROUNDS_LIMIT, 0),
    ],
)
def test_a_report_waits_for_the_grace_and_for_what_is_in_flight_but_not_for_ever(
    now, asked_for, in_flight, rounds, expected
):
    day = plan_report.Day(DATE, asked_for)
    found = plan_report.wait_seconds(day, at(now), in_flight=in_flight, rounds=rounds)
    assert found == expected


def late_days(nights, *left):
    """The days that the night after DATE restates; `left` are beginnings of what is unfinished."""
    day = plan_report.Day(DATE, asked_for=False)
    return plan_report.late_days(day, Began(*left), nights)


class Nights:
    """Reports by date; when late records came; what has records; files that a report left open."""

    def __init__(self, reports, late=(), days=(), found=()):
        self.reports = reports
        self.late = dict(late)
        self.days = days
        self.found = set(found)
        self.looked_for = 0

    def has_records(self, date):
        return date in self.days

    def has_late_records(self, date, since):
        return date in self.late and self.late[date] >= since

    def any_record(self, date, files):
        self.looked_for += len(files)
        return not self.found.isdisjoint((date, *file) for file in files)

    def report(self, date):
        return self.reports.get(date)


def made(begun, *failures, **more):
    """A report that began at a moment, and the keys of the files that it says failed."""
    totals = {"failed": len(failures), "in_flight": 0}
    named = [{"key": key, "version_id": "v"} for key in failures]
    return {
        "totals": totals | more.pop("totals", {}),
        "settled": True,
        "generated_at": f"{begun}.5Z",
        "failures": named,
        "open_executions": len(failures),
        **more,
    }


EARLY, NOON = "2026-11-21T00:05:00", "2026-11-21T12:00:00"


def test_days_with_records_newer_than_their_report_are_restated():
    dates = ("2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18")
    reports = {date: made(EARLY) for date in dates} | {"2026-11-19": made(NOON)}
    late = {"2026-11-20": at(NOON), "2026-11-19": at(EARLY)}
    nights = Nights(reports, late, days=(*dates, "2026-11-10", "2026-11-01"))
    assert late_days(nights) == ["2026-11-10", "2026-11-20"]


def test_a_record_that_came_while_its_report_was_made_is_late():
    """Its marker may be older than the report: the record is stored some time after it."""
    late = {"2026-11-21": at("2026-11-22T00:02:00"), "2026-11-20": at("2026-11-21T23:49:00")}
    reports = dict.fromkeys(late, made("2026-11-22T00:10:00"))
    assert late_days(Nights(reports, late)) == ["2026-11-21"]


def test_a_report_that_was_made_before_its_day_was_over_is_restated():
    report = made("2026-11-21T10:00:00", settled=False)
    assert late_days(Nights({"2026-11-21": report})) == ["2026-11-21"]


@pytest.mark.parametrize(
    ("report", "stored", "expected"),
    [
        (made(EARLY, "a.csv", "b.csv"), [], False),
        (made(EARLY, "a.csv", "b.csv"), ["b.csv"], True),
        (made(EARLY, totals={"in_flight": 1}, open_executions=1), [], True),
        # a failed execution of a file that has a record: a redrive leaves a duplicate's marker
        (made(EARLY, open_executions=1), [], True),
        # more than are looked for
        (made(EARLY, *map(str, range(plan_report.LOOKED_FOR))), [], False),
        (made(EARLY, *map(str, range(plan_report.LOOKED_FOR + 1))), [], True),
    ],
)
def test_a_file_that_a_report_left_open_is_looked_for(report, stored, expected):
    date = "2026-11-15"
    nights = Nights({date: report}, found=[(date, key, "v") for key in stored])
    assert late_days(nights) == [date] * expected
    assert nights.looked_for <= plan_report.LOOKED_FOR


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
    assert late_days(Nights(reports), at(began)) == expected


def test_an_old_report_that_a_redrive_wrote_over_a_newer_one_is_restated():
    nights = Nights(
        {"2026-11-18": made("2026-11-19T00:10:00")}, {"2026-11-18": at("2026-11-20T00:00:00")}
    )
    assert late_days(nights) == ["2026-11-18"]


def planned(now, *, asked_for, executions=None, rounds=0):
    """The plan of DATE's report, with records of the day before that no report knows."""
    return plan_report.plan(
        plan_report.Day(DATE, asked_for),
        at(now),
        rounds=rounds,
        executions=executions or Began(),
        reports=Nights({}, days=["2026-11-21"]),
    )


def test_a_day_asked_for_by_hand_restates_no_other():
    plan = planned("2026-11-23T00:00:00", asked_for=True)
    assert plan["late_days"] == []
    assert (plan["wait_seconds"], plan["settled"], plan["has_records"]) == (0, True, False)


def test_a_nightly_report_restates_late_days_once_it_need_not_wait():
    assert planned("2026-11-23T00:00:00", asked_for=False)["late_days"] == []
    assert planned("2026-11-23T00:06:00", asked_for=False)["late_days"] == ["2026-11-21"]


def test_a_day_is_settled_when_it_is_over_and_nothing_of_it_runs():
    last = plan_report.ROUNDS_LIMIT
    running = Running()
    assert planned("2026-11-23T00:06:00", asked_for=False)["settled"]
    assert not planned("2026-11-22T12:00:00", asked_for=True)["settled"]
    late = planned("2026-11-23T01:06:00", asked_for=False, executions=running, rounds=last)
    assert (late["settled"], late["wait_seconds"]) == (False, 0)


def test_a_redrive_between_the_looks_at_what_failed_and_what_runs_is_waited_for():
    """The other way round, it would be in neither: it runs only after the first look."""

    class Redriven(Began):
        """What failed is redriven as soon as that was asked for."""

        runs = False

        def failed(self, start):
            yield "arn", start
            self.runs = True

        def any_running(self, start, end):
            return self.runs

    plan = planned("2026-11-23T00:06:00", asked_for=False, executions=Redriven())
    assert (plan["wait_seconds"], plan["settled"]) == (plan_report.WAIT_SECONDS, False)
