"""An audit goes by the day of a version's event, wherever that says another than S3 does."""

import json
from datetime import timedelta

from ops.pipeline import times
from ops.pipeline.audit import audit
from tests.builders.last_modified import stored_earlier

DAY = timedelta(days=1)


def yesterday():
    return (times.start_of(times.today()) - DAY).date().isoformat()


def named(found, key):
    return [each for each in found.missing if each.key == key]


def test_an_upload_over_midnight_is_missing_on_neither_day(world):
    world.upload("midnight/a.csv", b"id\n1\n")
    with stored_earlier(world.clients.s3, DAY, "midnight/"):
        began, completed = (audit(world.deployment, day) for day in (yesterday(), times.today()))
    assert named(began, "midnight/a.csv") == named(completed, "midnight/a.csv") == []
    assert [stem for stem in (*began.extra, *completed.extra) if "/midnight/" in stem] == []


def test_one_that_failed_is_missing_on_the_day_of_its_event_and_is_to_be_redriven(world):
    with world.broken("CountRecords"):
        failed = world.upload("midnight/failed.csv", b"id\n1\n")
    with stored_earlier(world.clients.s3, DAY, "midnight/"):
        began, completed = (audit(world.deployment, day) for day in (yesterday(), times.today()))
    assert named(began, "midnight/failed.csv") == []
    (missing,) = named(completed, "midnight/failed.csv")
    assert (missing.why, missing.assumed) == ("failed", False)
    assert missing.time == json.loads(failed["input"])["time"]
    assert missing.instead == f"tally redrive {failed['name']}"


def test_a_version_without_any_trace_is_missing_on_the_day_when_s3_stored_it(world):
    version = world.put_unnoticed("never/a b.csv", b"id\n1\n")
    (missing,) = named(audit(world.deployment, times.today()), "never/a b.csv")
    assert (missing.why, missing.assumed) == ("no execution", True)
    assert missing.instead == f"tally replay --version={version} 'never/a b.csv'"
