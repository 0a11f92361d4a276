"""`tally audit` on a deployed pipeline."""

import json

from ops.pipeline import times
from tests.builders.uploads import lines


def test_an_audit_names_what_is_missing_and_what_is_extra(world, tally):
    record = json.loads(world.upload("audited/a.csv", lines(2))["output"])
    day, key = record["uploaded_at"][:10], f"{world.record_key(record)}.json"
    before = {each["key"] for each in tally("audit", day, "--json").json["missing"]}
    assert "audited/a.csv" not in before
    s3, bucket = world.clients.s3, world.deployment.reports_bucket
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    extra = f"processed/date={day}/audited/ghost.csv/v-v1"
    s3.delete_object(Bucket=bucket, Key=key)
    s3.put_object(Bucket=bucket, Key=f"{extra}.json", Body=body)
    try:
        found = tally("audit", day, "--json")
        assert found.code == 1
        assert {each["key"] for each in found.json["missing"]} == {*before, "audited/a.csv"}
        assert found.json["extra"] == [extra]
        assert "no record: audited/a.csv" in tally("audit", day).out
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        s3.delete_object(Bucket=bucket, Key=f"{extra}.json")


def test_an_audit_misses_no_record_of_a_key_that_is_ignored(world, tally):
    record = json.loads(world.upload("audited/part-0.csv", lines(2))["output"])
    s3, bucket = world.clients.s3, world.deployment.raw_bucket
    for name in ("", "_SUCCESS", ".part-0.csv.crc"):
        s3.put_object(Bucket=bucket, Key=f"audited/{name}", Body=b"")
    missing = tally("audit", record["uploaded_at"][:10], "--json").json["missing"]
    assert [each["key"] for each in missing if each["key"].startswith("audited/")] == []


def test_an_audit_of_a_day_without_uploads_finds_nothing(world, tally):
    clean = tally("audit", "2001-01-01")
    assert clean.code == 0, clean
    assert "nothing is missing" in clean.out


def test_the_rejection_of_an_event_that_names_no_version_is_nothing_extra(world, tally):
    world.clients.states.start_execution(stateMachineArn=world.deployment.process_file, input="{}")
    (letter, *_) = world.letters("(no key)")
    assert letter["code"] == "BAD_EVENT"
    extra = tally("audit", times.today(), "--json").json["extra"]
    assert [each for each in extra if "(no key)" in each] == []
