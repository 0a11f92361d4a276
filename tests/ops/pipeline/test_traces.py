"""The day of a version is what its record, its execution or its message says, in this order."""

from datetime import UTC, datetime, timedelta

import pytest

from ops.pipeline import times, traces
from ops.pipeline.letters import Letter
from ops.pipeline.object_versions import versions_of
from tests.builders.last_modified import stored_earlier

DAY = timedelta(days=1)


def looked_up(world, key, letters=()):
    """Its trace, where S3 says that it was stored a day before its event."""
    with stored_earlier(world.clients.s3, DAY, key):
        (version,) = versions_of(world.deployment, key)
        (found,) = traces.look_up(world.deployment, [version], letters)
    return found


@pytest.mark.parametrize(("body", "state"), [(b"id\n1\n", "processed"), (b"", "rejected")])
def test_a_record_says_the_day_and_who_wrote_it(world, body, state):
    key = f"traced/{state}.csv"
    execution = world.upload(key, body)
    found = looked_up(world, key)
    assert (found.state, found.assumed) == (state, False)
    assert found.upload.date == times.today()
    assert found.execution == execution["executionArn"]


def test_a_version_without_a_record_has_the_day_of_its_failed_execution(world):
    with world.broken("CountRecords"):
        execution = world.upload("traced/failed.csv", b"id\n1\n")
    found = looked_up(world, "traced/failed.csv")
    assert (found.state, found.assumed) == ("failed", False)
    assert (found.upload.date, found.execution) == (times.today(), execution["executionArn"])


def test_a_version_that_nothing_ran_for_has_the_day_of_its_message(world):
    version = world.put_unnoticed("traced/told.csv", b"id\n1\n")
    letter = Letter(
        "m1",
        "r1",
        datetime.now(UTC),
        "undelivered",
        "",
        key="traced/told.csv",
        version_id=version,
        time="2026-03-01T23:59:59Z",
    )
    other = Letter("m2", "r2", datetime.now(UTC), "undelivered", "", key="traced/told.csv")
    found = looked_up(world, "traced/told.csv", [other, letter])
    assert (found.state, found.assumed, found.upload.date) == ("unknown", False, "2026-03-01")


def test_a_version_without_any_trace_has_the_day_when_s3_stored_it_and_that_is_an_assumption(world):
    version = world.put_unnoticed("traced/never.csv", b"id\n1\n")
    found = looked_up(world, "traced/never.csv")
    assert (found.state, found.assumed, found.execution) == ("unknown", True, None)
    assert found.identity == ("traced/never.csv", version)
    assert found.upload.date == (datetime.now(UTC) - DAY).date().isoformat()
