"""The reports of days: read as they are stored, and written again where the day is over."""

import json

import pytest

from ops.pipeline import reports, times
from ops.pipeline.errors import NotFoundError

OVER, NEVER = "2026-03-01", "2026-03-09"


@pytest.fixture
def restated(world):
    """What came of asking for a day that is over, twice, and for the running one."""
    return reports.restate_changed(world.deployment, [OVER, times.today(), OVER])


def test_a_day_that_is_over_is_written_once_and_the_running_day_is_left_to_its_night(restated):
    assert restated.complete
    assert restated.to_json() == {
        "reports": {OVER: "SUCCEEDED"},
        "left_to_the_night": [times.today()],
    }


def test_the_running_day_is_written_where_it_is_asked_for(world):
    done = reports.restate_changed(world.deployment, [times.today()], running_day=True)
    assert (list(done.written), done.left) == ([times.today()], ())
    assert reports.report(world.deployment, times.today())["settled"] is False


@pytest.mark.usefixtures("restated")
def test_a_report_is_read_in_each_of_its_forms(world):
    assert reports.report(world.deployment, OVER)["date"] == OVER
    assert reports.stored(world.deployment, OVER, "html").startswith(b"<!doctype html>")
    assert json.loads(reports.stored(world.deployment, OVER)) == reports.report(
        world.deployment, OVER
    )
    assert reports.stored(world.deployment, OVER, "csv")


@pytest.mark.usefixtures("restated")
def test_the_days_are_the_newest_first(world):
    found = reports.days(world.deployment)
    assert OVER in found
    assert found == sorted(found, reverse=True)
    assert reports.last(world.deployment)["date"] == found[0]


def test_a_day_without_a_report_is_told_with_the_command_that_writes_it(world):
    with pytest.raises(NotFoundError, match=f"tally report {NEVER} --rebuild"):
        reports.report(world.deployment, NEVER)


def test_a_report_that_still_runs_when_the_time_is_up_is_not_complete(world):
    done = reports.restate(world.deployment, [OVER], timeout=0)
    assert not done.complete
    assert done.to_json()["reports"] == {OVER: "RUNNING"}
