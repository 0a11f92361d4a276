"""A day's records as one file: exact, replaced in one piece, and read by the tools of the docs."""

import gzip
import json
import random
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from functions.aws.record_files import PART_BYTES, RecordFiles
from functions.core import keys
from stacks.constructs.records_table import view_sql

PAGE = Path(__file__).resolve().parents[2] / "docs" / "report.md"
DAY = "2026-02-03"
RECORD = {
    "status": "processed",
    "bucket": "raw",
    "version_id": "v",
    "size_bytes": 9,
    "uploaded_at": f"{DAY}T10:00:00Z",
    "format": "csv",
    "records": 4,
}
REJECTED = {"status": "rejected", "format": None, "records": None}
WHY = {"error": {"code": "EMPTY_FILE", "message": "nothing"}}


def put(world, date, key, **more):
    record = {**RECORD, "key": key, **more}
    rejected = record["status"] == "rejected"
    place = keys.record_key(date, key, record["version_id"], rejected=rejected)
    body = json.dumps(record)
    world.client("s3").put_object(Bucket=world.reports, Key=place, Body=body)


def report(world, date):
    """Make a day's report."""
    states = world.client("stepfunctions")
    arn = states.start_execution(
        stateMachineArn=world.outputs["DailyReportMachineArn"], input=json.dumps({"date": date})
    )["executionArn"]
    assert world.status_once_ended(arn) == "SUCCEEDED"


def file_of(world, date):
    stored = world.client("s3").get_object(Bucket=world.reports, Key=keys.records_key(date))
    lines = gzip.decompress(stored["Body"].read()).splitlines()
    return sorted((each["key"], each["status"]) for each in map(json.loads, lines))


def test_a_days_file_has_each_record_once_and_is_exact_again_after_restating(world):
    put(world, DAY, "a.csv")
    put(world, DAY, "b.csv", **REJECTED, **WHY)
    marker = keys.duplicate_key(DAY, "a.csv", "v", "arn")
    world.client("s3").put_object(Bucket=world.reports, Key=marker, Body=b"{}")
    report(world, DAY)
    assert file_of(world, DAY) == [("a.csv", "processed"), ("b.csv", "rejected")]
    put(world, DAY, "b.csv")  # a replay went well: success wins
    put(world, DAY, "0.csv")  # and what comes first shifts all batches
    report(world, DAY)
    wanted = [("0.csv", "processed"), ("a.csv", "processed"), ("b.csv", "processed")]
    assert file_of(world, DAY) == wanted


def test_a_large_day_is_joined_in_parts_and_replaced_in_one_piece(world):
    s3, noise = world.client("s3"), random.Random(1)
    date, place = "2026-02-01", "summaries/records/date=2026-02-01/"
    files = [noise.randbytes(PART_BYTES // 2) for _ in range(5)]
    for number, content in enumerate(files):
        s3.put_object(Bucket=world.reports, Key=f"{place}{number}", Body=content)
    every = [f"{place}{number}" for number in range(5)]
    of = RecordFiles(world.reports, s3, f"{date}T12:00:00Z")
    of.join(date, every)
    stored = s3.get_object(Bucket=world.reports, Key=keys.records_key(date))
    assert stored["Body"].read() == b"".join(files)
    assert stored["ETag"].endswith('-3"')
    of.join(date, every[:1])
    before = RecordFiles(world.reports, s3, f"{date}T11:59:59Z")
    assert before.join(date, every) == [len(content) for content in files]  # and stores nothing
    stored = s3.get_object(Bucket=world.reports, Key=keys.records_key(date))
    assert stored["Body"].read() == files[0]


@pytest.fixture
def fetched(world, tmp_path):
    """Two days of records, as `aws s3 sync` fetches them."""
    for date, more in (("2026-02-11", {}), ("2026-02-12", {"format": "jsonl", "records": 30})):
        put(world, date, "a.csv", **more)
        put(world, date, "b.csv", **more)
        put(world, date, "c.csv", **REJECTED, **WHY)
        report(world, date)
        place = tmp_path / keys.records_key(date)
        place.parent.mkdir(parents=True)
        world.client("s3").download_file(world.reports, keys.records_key(date), str(place))
    return tmp_path


@pytest.mark.parametrize("tool", ["duckdb", "polars", "pandas"])
def test_the_query_of_the_page_answers_the_same_in_each_tool(fetched, tool):
    (code,) = re.findall(
        rf"```python\n((?:(?!```).)*import {tool}\n.*?)```", PAGE.read_text(), re.DOTALL
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=fetched, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    numbers = [
        re.findall(r"\b(2026-02-\d\d|csv|jsonl|\d+)\b", line) for line in done.stdout.splitlines()
    ]
    wanted = ["2026-02-11", "csv", "2", "8"], ["2026-02-12", "jsonl", "2", "60"]
    assert [each for each in numbers if each[-2:] in (["2", "8"], ["2", "60"])] == list(wanted)


PROFILE = [{"field": "amount", "nulls": 2, "approx_distinct": 9, "min": "1", "max": "9"}]


@pytest.fixture
def profiled(tmp_path):
    """Records of which only the last has a profile, after more than tools look at by themselves."""
    path = tmp_path / "records.json.gz"
    plain = {**RECORD, "profile": None, "breaches": None}
    lines = [json.dumps(plain)] * 25_000 + [json.dumps({**plain, "profile": PROFILE})]
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 1))
    return path


def test_a_profile_is_found_though_most_records_have_none(profiled):
    read = f"read_json('{profiled}', format = 'newline_delimited', sample_size = -1)"
    found = duckdb.sql(f"SELECT p.nulls, p.max FROM (SELECT unnest(profile) AS p FROM {read})")  # noqa: S608 - ours
    assert found.fetchall() == [(2, "9")]
    scanned = pl.scan_ndjson(profiled, infer_schema_length=None)
    rows = scanned.select("profile").drop_nulls().collect()["profile"].to_list()
    assert rows == [PROFILE]


def test_the_view_of_athena_has_closed_days_from_files_and_today_from_single_records(fetched):
    """Its SQL in DuckDB, which has the same functions but one."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    names = re.findall(r'"(\w+)"', view_sql("db").partition(" FROM ")[0])
    of_today = [
        {"key": "a", "version_id": "1", "status": "processed"},
        {"key": "b", "version_id": "1", "status": "rejected"},
        {"key": "b", "version_id": "1", "status": "processed"},
        {"key": "a", "version_id": "1", "status": "duplicate"},
        {"key": "b", "version_id": "2", "status": "rejected"},
    ]
    lines = [{"date": today, "bucket": "raw", **each} for each in of_today]
    lines.append({"date": "2026-02-11", "bucket": "raw", "key": "a.csv", "version_id": "v"})
    (fetched / "open.json").write_text("\n".join(map(json.dumps, lines)))
    base = duckdb.connect()
    base.execute("CREATE SCHEMA db")
    base.execute("CREATE MACRO date_format(moment, form) AS strftime(moment, form)")
    for table, source in (
        ("closed_days", f"read_json('{fetched}/records/*/*.gz', hive_partitioning = true)"),
        ("open_days", f"read_json('{fetched}/open.json')"),
    ):
        base.execute(
            f"CREATE TABLE db.{table} AS SELECT * REPLACE (date::VARCHAR AS date) FROM {source}"  # noqa: S608 - ours
        )
        there = {row[0] for row in base.execute(f"DESCRIBE db.{table}").fetchall()}
        for name in set(names) - there:
            base.execute(f'ALTER TABLE db.{table} ADD COLUMN "{name}" VARCHAR')
    view = view_sql("db")
    found = base.execute(f"SELECT date, key, version_id, status FROM ({view})")  # noqa: S608 - ours
    assert sorted(found.fetchall()) == [
        ("2026-02-11", "a.csv", "v", "processed"),
        ("2026-02-11", "b.csv", "v", "processed"),
        ("2026-02-11", "c.csv", "v", "rejected"),
        ("2026-02-12", "a.csv", "v", "processed"),
        ("2026-02-12", "b.csv", "v", "processed"),
        ("2026-02-12", "c.csv", "v", "rejected"),
        (today, "a", "1", "processed"),
        (today, "b", "1", "processed"),
        (today, "b", "2", "rejected"),
    ]
