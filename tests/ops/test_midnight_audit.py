"""An object stored as the day ends may have its record in the next: the audit knows."""

from datetime import UTC, datetime
from types import SimpleNamespace

from ops.pipeline.audit import audit

DAY, NEXT = "2026-11-23", "2026-11-24"


class FakeS3:
    """A raw bucket of versions, and a bucket of records."""

    def __init__(self, versions, records):
        self.versions = versions
        self.records = records

    def get_paginator(self, operation):
        if operation == "list_object_versions":
            return SimpleNamespace(paginate=lambda **_: [{"Versions": self.versions}])
        return SimpleNamespace(paginate=lambda **asked: [self.list_objects_v2(**asked)])

    def list_objects_v2(self, Prefix, **_):  # noqa: N803 - as boto3 spells it
        found = [{"Key": key} for key in self.records if key.startswith(Prefix)]
        return {"Contents": found, "KeyCount": len(found)}


def audited(stored, record_day, date):
    moment = datetime.fromisoformat(stored).replace(tzinfo=UTC)
    version = {"Key": "a.csv", "VersionId": "v1", "LastModified": moment}
    s3 = FakeS3([version], [f"processed/date={record_day}/a.csv/v1.json"])
    nothing = SimpleNamespace(paginate=lambda **_: [])
    states = SimpleNamespace(get_paginator=lambda _: nothing)
    deployment = SimpleNamespace(
        raw_bucket="raw",
        reports_bucket="reports",
        machines={"process_file": "arn"},
        clients=SimpleNamespace(s3=s3, states=states),
    )
    return audit(deployment, date)


def test_a_version_of_the_last_second_may_have_its_record_in_the_next_day():
    stored = f"{DAY}T23:59:59.900"
    assert audited(stored, NEXT, DAY).clean
    assert audited(stored, NEXT, NEXT).clean


def test_a_version_of_noon_may_not():
    found = audited(f"{DAY}T12:00:00", NEXT, DAY)
    assert [(each.key, each.why) for each in found.missing] == [("a.csv", "no execution")]
    assert audited(f"{DAY}T12:00:00", NEXT, NEXT).extra == (f"processed/date={NEXT}/a.csv/v1",)
