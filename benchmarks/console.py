"""How soon the console answers at many executions: the goal is 200 ms for each page.

A machine that does nothing runs as many executions as asked for on the local endpoint, each with
the event of an upload as its input and a record of it in the reports bucket. Then a console is
started, and each page is asked for: the first answer ever, and the median of those after it.
What the pages count in the background (the day, the queue) is then still on its way: that time is
printed as well. Beside the clock's time stands that of the processors, the endpoint's included: it
says the same on a busy machine.

A day that is over has its records in one file: of that many files is the page of files asked for,
filtered and sorted. Of the running day there are as many records as executions.

    python benchmarks/console.py [--executions 5000] [--files 100000]
"""

import argparse
import gzip
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import boto3
import httpx
import psutil
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from local.deploy.session import endpoint
from ops.console.server import serving
from ops.pipeline.deployment import Clients, Deployment
from ops.pipeline.layout import record_key, records_key

REGION = "us-east-1"
ACCOUNT = "123456789012"
ROUNDS = 15
CLOSED = "2026-01-02"
THREADS = 8
GOAL_MS = 200
LONGEST_SECONDS = 120
MACHINE = {
    "QueryLanguage": "JSONata",
    "StartAt": "ValidateFile",
    "States": {
        "ValidateFile": {"Type": "Pass", "Next": "CountRecords"},
        "CountRecords": {"Type": "Pass", "Next": "StoreMetadata"},
        "StoreMetadata": {"Type": "Pass", "End": True},
    },
}


def client(url, service):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the local endpoint's
        config=Config(max_pool_connections=32, s3={"addressing_style": "path"}),
    )


def event(number, key=None):
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    item = {
        "key": key or f"in/{number:06}.csv",
        "size": 1000,
        "etag": "e",
        "version-id": f"v{number}",
    }
    return {"time": now, "detail": {"bucket": {"name": "raw"}, "object": item}}


def record_of(number, day):
    """A record as process_file writes it; one of fifty is of a rejected file."""
    told = {
        "schema_version": 1,
        "status": "processed" if number % 50 else "rejected",
        "bucket": "raw",
        "key": f"in/{number:06}.csv",
        "version_id": f"v{number}",
        "size_bytes": 1000 + number % 977,
        "uploaded_at": f"{day}T{number % 24:02}:00:00Z",
        "execution_arn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:process-file:{number:036}",
        "format": "csv",
        "records": number,
        "columns": ["id", "total", "name"],
    }
    error = {"error": {"code": "EMPTY_FILE", "message": "the file has no content"}}
    return told if number % 50 else told | error


def close_day(deployment, count):
    """Give a day that is over so many files."""
    lines = "".join(f"{json.dumps(record_of(each, CLOSED))}\n" for each in range(count))
    body = gzip.compress(lines.encode(), 6)
    deployment.clients.s3.put_object(Bucket="reports", Key=records_key(CLOSED), Body=body)


def filled(url, count, *, records=True):
    """A deployment whose process_file has so many executions, and so many records of today."""
    clients = Clients(partial(client, url))
    for name in ("raw", "reports"):
        clients.s3.create_bucket(Bucket=name)
    role = f"arn:aws:iam::{ACCOUNT}:role/machine"
    arns = [
        clients.states.create_state_machine(
            name=name, roleArn=role, definition=json.dumps(MACHINE)
        )["stateMachineArn"]
        for name in ("process-file", "daily-report")
    ]
    queue = clients.sqs.create_queue(QueueName="letters")["QueueUrl"]

    def one(number):
        told = event(number)
        clients.states.start_execution(stateMachineArn=arns[0], input=json.dumps(told))
        if records:
            key = record_key(told["time"][:10], told["detail"]["object"]["key"], f"v{number}")
            record = json.dumps(record_of(number, told["time"][:10]))
            clients.s3.put_object(Bucket="reports", Key=key, Body=record.encode())

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(count)))
    return Deployment("bench-dev", REGION, "raw", "reports", queue, *arns, "midnight", clients)


def asked(browser, path):
    begun = time.perf_counter()
    answer = browser.get(path)
    taken = (time.perf_counter() - begun) * 1000
    if answer.status_code != 200:
        sys.exit(f"{path}: {answer.status_code}")
    return taken, answer


def spent():
    """Processor time in ms of this process, which serves the console, and of the endpoint."""
    children = psutil.Process().children(recursive=True)
    return 1000 * (time.process_time() + sum(sum(each.cpu_times()[:2]) for each in children))


def until_counted(browser, path):
    """Seconds until the page has what it counts in the background."""
    begun = time.perf_counter()
    while "…</p>" in browser.get(path).text and time.perf_counter() - begun < LONGEST_SECONDS:
        time.sleep(0.1)
    return time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executions", type=int, default=5000)
    parser.add_argument("--files", type=int, default=100_000)
    given = parser.parse_args()
    count = given.executions
    with endpoint() as url:
        deployment = filled(url, count)
        close_day(deployment, given.files)
        with (
            serving(deployment) as address,
            httpx.Client(base_url=address.partition("/?")[0], timeout=30) as browser,
        ):
            browser.get(address)
            print(f"{count:,} executions and records, {given.files:,} files of a day that is over;")
            print(f"ms to the first answer and the median of {ROUNDS} after it (of the processors)")
            report(browser, {**pages(browser, deployment), **pages_of_files()})


def pages(browser, deployment):
    """The pages that every deployment has executions for, in the order in which they are asked."""
    first = next(
        iter(
            deployment.clients.states.list_executions(
                stateMachineArn=deployment.process_file, maxResults=1
            )["executions"]
        )
    )["executionArn"]
    older = "/executions"
    for _ in range(20):
        text = browser.get(older).text
        older = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    return {
        "today": "/",
        "executions": "/executions?machine=all",
        "executions, page 21": older,
        "executions that failed": "/executions?status=redrivable",
        "one execution": f"/execution?arn={first}",
        "files of today": "/files",
        "dead letters": "/dead-letters",
        "reports": "/reports",
        "upload": "/upload",
    }


def pages_of_files():
    """Those of the day that is over."""
    return {
        "files of the closed day": f"/files?date={CLOSED}",
        "files, by size": f"/files?date={CLOSED}&sort=size",
        "files, a part of a key": f"/files?date={CLOSED}&like=99.csv",
        "files, rejected": f"/files?date={CLOSED}&error=EMPTY_FILE&sort=time",
        "files, page 900": f"/files?date={CLOSED}&page=900",
    }


def report(browser, paths):
    """Ask for each page, and print how soon it answers."""
    worst = 0.0
    for name, path in paths.items():
        idle = spent()
        begin, answer = asked(browser, path)
        of_first = spent() - idle
        counted = until_counted(browser, path) if "…</p>" in answer.text else 0
        before = spent()
        rest = statistics.median(asked(browser, path)[0] for _ in range(ROUNDS))
        work = (spent() - before) / ROUNDS
        worst = max(worst, begin, rest)
        then = f", counted {counted:.1f} s later" if counted else ""
        print(f"{name:24} {begin:7.0f} ({of_first:4.0f}) {rest:7.0f} ({work:4.0f}){then}")
    print(f"worst {worst:.0f} ms: {'within' if worst < GOAL_MS else 'over'} {GOAL_MS} ms")


if __name__ == "__main__":
    main()
