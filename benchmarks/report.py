"""The daily report over many records on the local runtime, beside one sequential function.

    .venv/bin/python benchmarks/report.py [RECORDS ...]      (default: 1000 10000)

For each number of records, in one run: seconds of the `daily-report` execution (a Distributed Map
over batches), seconds of a single function that lists and reads every record one after the other
(boto3, as one Lambda would), and their ratio; seconds of the processor that each took, of all
processes together; the peak memory of each report function; and the requests by kind that the
endpoint counted. What a million records cost on AWS is reckoned from the requests of the last row.

On a laptop S3 is a Python process on the same few cores: on AWS each batch is a Lambda of its own,
and a GET is waiting.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import urllib3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from functions.aws.small_objects import CONNECTIONS  # noqa: E402 - run as a script
from functions.core.reporting import cost  # noqa: E402 - as above
from functions.core.reporting.summarize_batch import merged, of_record  # noqa: E402 - as above
from local.deploy import deploy  # noqa: E402 - as above
from local.deploy.session import endpoint  # noqa: E402 - as above
from local.deploy.synth import synthesize  # noqa: E402 - as above
from stacks.settings import Settings  # noqa: E402 - as above

WRITERS = 4
FUNCTIONS = ("plan-report", "summarize-batch", "write-report")
PREFIX = "event-driven-pipeline-dev"
REPORT = re.compile(r"Billed Duration: (\d+) ms\tMemory Size: (\d+) MB\tMax Memory Used: (\d+) MB")
TICK = os.sysconf("SC_CLK_TCK")
MILLION = 1_000_000
GET_SECONDS = 0.1
"""What a small object takes: S3's guide to performance says 100 to 200 ms; 10 to 30 are usual."""
LIST_SECONDS = 0.1
"""What a page of a thousand keys takes: taken to be the same."""


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
        key = f"processed/date={date}/in/{index % 50:02}/{index}.csv/v-1.json"
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(any_record(date, index)))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(put, range(number)))


def sequential(s3, bucket, date):
    """What one Lambda would do: list, and read every object in turn."""
    pages = s3.get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=bucket, Prefix=f"processed/date={date}/")
    keys = (item["Key"] for page in listed for item in page.get("Contents", ()))
    bodies = (s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys)
    return merged(of_record(json.loads(body)) for body in bodies).processed.records


def report(states, machine, date):
    """The records that the report counts, and the ARN of its execution."""
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps({"date": date}))
    while True:
        found = states.describe_execution(executionArn=arn["executionArn"])
        if found["status"] != "RUNNING":
            break
        time.sleep(0.1)
    if found["status"] != "SUCCEEDED":
        raise RuntimeError(found)
    return json.loads(found["output"])["records"], arn["executionArn"]


class Meter:
    """Seconds, seconds of the processor, and requests by role and kind, since it was made."""

    def __init__(self, url):
        self.url = url
        self.began, self.used, self.asked = time.perf_counter(), processor_seconds(), self.counts()

    def counts(self):
        """What the endpoint counted so far."""
        told = urllib3.request("GET", f"{self.url}/_tally/requests").json()
        return Counter({(who, kind): n for who, kinds in told.items() for kind, n in kinds.items()})

    def read(self):
        """What it came to since."""
        seconds, used = time.perf_counter() - self.began, processor_seconds() - self.used
        return seconds, used, self.counts() - self.asked


def processor_seconds():
    """Of this process, the endpoint's and the functions', those that ended included."""
    parents, used = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        process = int(file.parent.name)
        parents[process], used[process] = int(fields[1]), sum(map(int, fields[11:15])) / TICK
    ours = {os.getpid()}
    while more := {each for each, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used[each] for each in ours)


def calls(logs):
    """Of each report function's calls so far: billed milliseconds, MB it has, MB it held."""
    found = {}
    for name in FUNCTIONS:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{PREFIX}-{name}", filterPattern="REPORT"
        )
        texts = [event["message"] for page in pages for event in page["events"]]
        found[name] = [tuple(map(int, match.groups())) for match in map(REPORT.search, texts)]
    return found


def steps(states, arn):
    """State transitions of an execution, and the children of its Map Runs."""
    history = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    kinds = [event["type"] for page in history for event in page["events"]]
    runs = states.list_map_runs(executionArn=arn)["mapRuns"]
    described = [states.describe_map_run(mapRunArn=run["mapRunArn"]) for run in runs]
    children = sum(run["executionCounts"]["succeeded"] for run in described)
    return sum(kind.endswith("StateEntered") for kind in kinds), children


def kinds(counted, *, user):
    """The requests to S3 and SNS of the user, or of all roles, by kind."""
    found = Counter()
    for (who, kind), number in counted.items():
        if (who == "user") == user and kind.partition(":")[0] in {"s3", "sns", "states"}:
            found[kind] += number
    return dict(sorted(found.items()))


def on_aws(number, asked, entered, children, lambdas):
    """Dollars and seconds for a million records, by what was counted for so many.

    A batch takes as long as here, and longer by what its GETs wait for S3 on AWS.
    """
    times = MILLION / number
    billed = lambdas["summarize-batch"]
    waits = number / len(billed) / CONNECTIONS * GET_SECONDS
    busy = sum(ms / 1000 + waits for ms, _, _ in billed)
    gigabytes = max(mb for _, mb, _ in billed) / 1024
    lines = {
        "LIST and PUT": (asked["s3:LIST"] + asked["s3:PUT"]) * times * cost.S3_PUT,
        "GET and HEAD": (asked["s3:GET"] + asked.get("s3:HEAD", 0)) * times * cost.S3_GET,
        "children, a state each": children * times * cost.TRANSITION,
        "Lambda requests": len(billed) * times * cost.LAMBDA_REQUEST,
        "Lambda GB-seconds": busy * gigabytes * times * cost.LAMBDA_GB_SECOND,
        "state transitions": entered * cost.TRANSITION,
    }
    told = ", ".join(f"{what} {dollars:.4f}" for what, dollars in lines.items())
    listing = asked["s3:LIST"] * times * LIST_SECONDS
    batches = busy * times / Settings().batch_concurrency
    print("a million on AWS, from the last row's requests:")
    print(f"    dollars: {told}, together {sum(lines.values()):.2f}")
    print(f"    seconds: listing {listing:.0f}, meanwhile batches {batches:.0f}")


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
        bucket, known = outputs["ReportsBucketName"], dict.fromkeys(FUNCTIONS, 0)
        print("records |    map s (processor) | one function s (processor) | ratio | peak MB")
        for place, number in enumerate(numbers):
            date = f"2020-01-{place + 1:02}"
            write_records(s3, bucket, date, number)
            meter = Meter(url)
            counted, arn = report(states, outputs["DailyReportMachineArn"], date)
            seconds, used, asked = meter.read()
            meter = Meter(url)
            expected = sequential(s3, bucket, date)
            alone, alone_used, alone_asked = meter.read()
            if counted != expected:
                raise RuntimeError(f"{counted} records instead of {expected}")
            every = calls(logs)
            lambdas = {name: every[name][known[name] :] for name in FUNCTIONS}
            known = {name: len(every[name]) for name in FUNCTIONS}
            entered, children = steps(states, arn)
            held = [max(held for _, _, held in lambdas[name]) for name in FUNCTIONS]
            print(
                f"{number:7} | {seconds:8.1f} ({used:8.1f}) | {alone:14.1f} ({alone_used:8.1f})"
                f" | {alone / seconds:5.2f} | {', '.join(map(str, held))}"
            )
            called = {name: len(each) for name, each in lambdas.items()}
            print(f"    map: {kinds(asked, user=False)}, children {children}, calls {called}")
            print(f"    one function: {kinds(alone_asked, user=True)}")
        on_aws(number, kinds(asked, user=False), entered, children, lambdas)


main([int(word) for word in sys.argv[1:]] or [1000, 10_000])
