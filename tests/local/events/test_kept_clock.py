"""What the Scheduler's clock keeps over the end of its process."""

from datetime import UTC, datetime, timedelta

import pytest

from local.events.kept_clock import KeptClock
from local.kept.database import Database

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path):
    made = Database(tmp_path / "world.sqlite3")
    yield made
    made.close()


def gone_on(database, absence):
    """The absences that another process finds, after a clock that went until noon."""
    first = KeptClock(database)
    with first.passing(NOON, ["due"]):
        pass
    again = KeptClock(database)
    again.returned(NOON + absence)
    return again.absences()


def test_a_time_in_which_nothing_ran_is_an_absence(database):
    hours = timedelta(hours=8)
    assert gone_on(database, hours) == [(NOON, NOON + hours)]


@pytest.mark.parametrize("absence", [timedelta(seconds=90), -timedelta(hours=1)])
def test_a_start_anew_is_none_nor_is_a_clock_that_was_set_back(database, absence):
    assert gone_on(database, absence) == []


def test_a_new_folder_has_none(database):
    clock = KeptClock(database)
    clock.returned(NOON)
    assert clock.absences() == []
