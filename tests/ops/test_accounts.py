"""Audits, reports and what is wrong with a command, against the local endpoint."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def lines(rows):
    return b"id,total\n" + b"".join(b"%d,1\n" % row for row in range(rows))


def test_an_audit_names_what_is_missing_and_what_is_extra(world, tally):
    record = json.loads(world.upload("audited/a.csv", lines(2))["output"])
    day, key = record["uploaded_at"][:10], f"{world.record_key(record)}.json"
    before = {each["key"] for each in tally("audit", day, "--json").json["missing"]}
    assert "audited/a.csv" not in before
    s3, bucket = world.clients.s3, world.deployment.reports_bucket
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    extra = f"processed/date={day}/audited/ghost.csv/v1"
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


def test_a_report_is_rebuilt_read_and_priced(world, tally):
    world.upload("reported/a.csv", lines(2))
    done = tally("report", "today", "--rebuild")
    assert done.code == 0, done
    assert "received" in done.out
    report = tally("report", "today", "--json").json
    cost = tally("cost", "--date", "today", "--json").json
    assert cost["total"] == report["cost"]["total"]
    assert "state transitions" in tally("cost", "--date", "today").out


def test_a_report_of_a_bad_day_names_a_hundred_failed_files_and_counts_the_rest(world, tally):
    world.upload("reported/b.csv", lines(2))
    assert tally("report", "today", "--rebuild").code == 0
    found = tally("report", "today", "--json").json
    failures = [
        {"key": f"bad/{number:03}.csv", "state": "CountRecords", "error": "Boom"}
        for number in range(250)
    ]
    found |= {"date": "2001-01-03", "failures": failures, "rejections": []}
    found["totals"] |= {"failed": 1702, "rejected": 0}
    world.clients.s3.put_object(
        Bucket=world.deployment.reports_bucket,
        Key="daily-reports/date=2001-01-03/report.json",
        Body=json.dumps(found),
    )
    told = tally("report", "2001-01-03").out.splitlines()
    named = [line.split()[1] for line in told if line.startswith("failed: bad/")]
    assert named == [f"bad/{number:03}.csv" for number in range(100)]
    assert "failed: 1,602 more (--json)" in told
    assert len(tally("report", "2001-01-03", "--json").json["failures"]) == 250


def test_a_day_without_a_report_says_how_to_write_one(world, tally):
    done = tally("report", "2001-01-01")
    assert (done.code, done.out) == (1, "")
    assert "tally report 2001-01-01 --rebuild" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "nothing-like-it"], 1, "no execution of event-driven-pipeline-dev"),
        (["redrive", "nothing-like-it"], 1, "nothing-like-it"),
        (["redrive", "x", "--failed"], 2, "not both"),
        (["redrive", "--since", "soon"], 2, "30m"),
        (["replay"], 2, "--rejected"),
        (["executions", "--status", "DEAD"], 2, "RUNNING"),
        (["executions", "--machine", "washing"], 2, "process_file"),
        (["status", "--date", "23.11.2026"], 2, "YYYY-MM-DD"),
        (["audit", "2026-02-30"], 2, "YYYY-MM-DD"),
        (["upload", "no/such/file.csv"], 2, "no/such/file.csv"),
        (["cost", "--files-per-day", "5", "--mean-size", "big"], 2, "1.5GiB"),
        (["--environment", "prod", "status"], 3, "deployed here: event-driven-pipeline-dev"),
        (["--profile", "nobody", "status"], 3, "list-profiles"),
    ],
)
def test_a_mistake_is_one_line_with_its_exit_code(world, tally, words, code, said):
    done = tally(*words)
    assert done.code == code
    assert said in done.err
    assert done.err.count("\n") == 1


def test_the_command_itself_says_in_one_line_that_nobody_answers(access):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = subprocess.run(
        [Path(sys.executable).parent / "tally", "status"],
        env={**os.environ, "AWS_ENDPOINT_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert url in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_credentials_the_command_says_where_they_are_looked_for(access, tally, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    done = tally("dlq")
    assert done.code == 3
    assert "--profile" in done.err
