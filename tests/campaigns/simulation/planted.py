"""Faults to plant into the code: each broke the promise, or would, and a campaign has to see it."""

from contextlib import contextmanager
from functools import partial
from unittest import mock

from functions.aws import late_records
from functions.aws.reports_bucket import Reports
from functions.core import keys
from functions.core.contracts.fields import Tolerance
from functions.core.processing import validate_file
from functions.core.reporting import plan_report, summarize_batch, write_report
from functions.core.values.checking import Checked
from ops.pipeline import replay_plan

VALIDATE, OF_RECORD = validate_file.validate, summarize_batch.of_record
HAS_LATE, VERSIONS_OF = Reports.has_late_records, replay_plan.versions_of


def _validate(upload, content, exists, execution, **options):
    return VALIDATE(upload, content, lambda _: False, execution, **options)


def _validate_by_force(upload, content, exists, execution, **options):
    """The day is asked of what is not forced alone: two days then count one version."""
    asked = {} if options["force"] else {"day_of": options["day_of"]}
    return VALIDATE(upload, content, exists, execution, **{**options, "day_of": None, **asked})


def _has_late_records(self, date, since):
    """What came in the minute of the report's beginning, or while its record was stored, is not."""
    begun = since + plan_report.STORING
    listed = self._listed(Prefix=keys.late_prefix(date), StartAfter=keys.late_key(date, begun))
    return next(listed, None) is not None


def _of_record(record, *stored_at):
    return OF_RECORD({**record, "uploaded_at": record["processed_at"]}, *stored_at)


def _letters_of_key(self, identity):
    return [each for each in self.held if each.key == identity[0]]


def _newest_of(deployment, key):
    return VERSIONS_OF(deployment, key)[:1]


def _newest_instead(deployment, key, _):
    return next(iter(VERSIONS_OF(deployment, key)), None)


PLANTED = {
    "the duplicate check dropped": [
        partial(mock.patch.object, validate_file, "validate", _validate)
    ],
    "a forced replay that asks for no day": [
        partial(mock.patch.object, validate_file, "validate", _validate_by_force)
    ],
    "newest >= begun made >": [
        partial(mock.patch.object, Reports, "has_late_records", _has_late_records)
    ],
    "a success that no longer wins over a rejection": [
        partial(mock.patch.object, keys, "superseding", lambda _: [])
    ],
    "the hour taken from processed_at": [
        partial(mock.patch.object, summarize_batch, "of_record", _of_record)
    ],
    "deliveries that a late manifest does not change": [
        partial(mock.patch.object, write_report, "judged_again", lambda *_: None)
    ],
    "redrives that a report being made does not look for": [
        partial(mock.patch.object, write_report, "any_redriven", lambda *_: False)
    ],
    "late days forgotten": [partial(mock.patch.object, plan_report, "late_days", lambda *_: [])],
    "late records without markers": [
        partial(mock.patch.object, late_records, "_mark", lambda *_: None)
    ],
    "a breach that is taken as processed": [
        partial(mock.patch.object, Tolerance, "rejects", lambda *_: False)
    ],
    "a profile that is dropped": [partial(mock.patch.object, Checked, "profiled", lambda _: [])],
    "a replay by key": [
        partial(mock.patch.object, replay_plan.ReplayPlan, "letters_of", _letters_of_key),
        partial(mock.patch.object, replay_plan, "versions_of", _newest_of),
        partial(mock.patch.object, replay_plan, "version_of", _newest_instead),
    ],
}


@contextmanager
def planted(name):
    """The code with that fault in it."""
    patches = [make() for make in PLANTED[name]]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
