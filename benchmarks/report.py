"""The daily report over many records on the local runtime, beside one sequential function.

    .venv/bin/python benchmarks/report.py [RECORDS ...]      (default: 1000 10000)

For each number of records, in one run: seconds of the `daily-report` execution (a Distributed Map
over batches), seconds of a single function that lists and reads every record one after the other,
their ratio, and the peak memory of each report function (requests by kind: docs/cost.md). On a
laptop S3 is a Python process on the same two cores, so the ratio here is a floor: on AWS each
batch is a Lambda of its own, and a GET is waiting.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from functions.core.summary import merged, of_record  # noqa: E402 - run as a script
from local.deploy import deploy  # noqa: E402
from local.run.session import endpoint  # noqa: E402
from local.run.synth import synthesize  # noqa: E402

WRITERS = 4
FUNCTIONS = ("plan-report", "summarize-batch", "write-report")


def any_record(date, number):
    return {
        "schema_version": 1,
        "status": "processed",
        "bucket": "raw",
        "key": f"in/{number % 50:02}/{number}.csv",
        "version_id": "v",
        "size_bytes": 1000 + number % 777,
        "uploaded_at": f"{date}T{number % 24:02}:00:00Z",
        "format": "csv" if number % 3 else "json",
        "records": number % 100,
    }


def write_records(s3, bucket, date, number):
    def put(index):
        key = f"processed/date={date}/in/{index % 50:02}/{index}.csv/v.json"
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(any_record(date, index)))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(put, range(number)))


def sequential(s3, bucket, date):
    """What one Lambda would do: list, and read every object in turn."""
    began = time.perf_counter()
    pages = s3.get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=bucket, Prefix=f"processed/date={date}/")
    keys = (item["Key"] for page in listed for item in page.get("Contents", ()))
    bodies = (s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys)
    total = merged(of_record(json.loads(body)) for body in bodies)
    return time.perf_counter() - began, total.processed.records


def report(states, machine, date):
    began = time.perf_counter()
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps({"date": date}))
    while True:
        found = states.describe_execution(executionArn=arn["executionArn"])
        if found["status"] != "RUNNING":
            break
        time.sleep(0.1)
    if found["status"] != "SUCCEEDED":
        raise RuntimeError(found)
    return time.perf_counter() - began, json.loads(found["output"])["records"]


def peak_memory(logs, prefix):
    """The most MB that each report function held, of the calls so far."""
    found = {}
    for name in FUNCTIONS:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{prefix}-{name}", filterPattern="REPORT"
        )
        texts = [event["message"] for page in pages for event in page["events"]]
        used = [int(match[1]) for text in texts if (match := re.search(r"Used: (\d+) MB", text))]
        found[name] = max(used, default=0)
    return found


def main(numbers):
    with tempfile.TemporaryDirectory() as folder, endpoint() as url:
        outputs = deploy(synthesize(ROOT, Path(folder) / "assembly"), url)
        options = {
            "endpoint_url": url,
            "region_name": "us-east-1",
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
            "config": Config(max_pool_connections=WRITERS),
        }
        s3, states, logs = (boto3.client(n, **options) for n in ("s3", "stepfunctions", "logs"))
        bucket = outputs["ReportsBucketName"]
        print(f"{'records':>8} {'map s':>8} {'one function s':>15} {'ratio':>6}  peak MB of each")
        for place, number in enumerate(numbers):
            date = f"2020-01-{place + 1:02}"
            write_records(s3, bucket, date, number)
            mapped, counted = report(states, outputs["DailyReportMachineArn"], date)
            alone, expected = sequential(s3, bucket, date)
            if counted != expected:
                raise RuntimeError(f"{counted} records instead of {expected}")
            memory = peak_memory(logs, "event-driven-pipeline-dev")
            told = ", ".join(f"{name} {used}" for name, used in memory.items())
            print(f"{number:8} {mapped:8.1f} {alone:15.1f} {alone / mapped:6.2f}  {told}")


main([int(word) for word in sys.argv[1:]] or [1000, 10_000])
