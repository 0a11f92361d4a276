"""Small files from upload to stored record, beside the same three steps in Prefect and Dagster.

    .venv-bench/bin/python -m benchmarks.pipeline                 # 2,000 files, three rounds
    .venv-bench/bin/python -m benchmarks.pipeline --growth        # Tally alone: 200, 2,000, 20,000

Tally does everything a laptop user sees: each file goes up over HTTP into a fresh endpoint with the
deployed template, its event through the rule to Step Functions, two calls go to Lambda processes,
the record into S3 and the history into memory. The peers run in process on local files, and start
with their first file behind them. Every round runs all of them, one after the other; Prefect, the
slowest, gets fewer files. `requirements/environment.py bench` makes `.venv-bench`.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import boto3
import psutil
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.peers import steps
from functions.core.keys import record_key
from local.deploy import deploy
from local.deploy.session import endpoint
from local.deploy.synth import synthesize

ROOT = Path(__file__).resolve().parent.parent
WARM = 16
LAST = 32
CALLS = 300
LONGEST = 1800
"""Seconds after which the records that are missing will not come."""
PEERS = {"prefect": 10, "dagster": 1}
"""Each with what its share of the files is divided by."""


class Endpoint:
    """A fresh endpoint with the pipeline on it."""

    def __init__(self, url, assembly):
        self.outputs = deploy(assembly, url)
        given = {
            "endpoint_url": url,
            "region_name": "us-east-1",
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
            "config": Config(max_pool_connections=16, s3={"addressing_style": "path"}),
        }
        self.s3, self.states, self.functions = (
            boto3.client(name, **given) for name in ("s3", "stepfunctions", "lambda")
        )
        children = psutil.Process().children()
        self.process = max(children, key=lambda each: each.create_time())

    def upload(self, paths):
        """Four uploads at a time."""

        def put(path):
            body = Path(path).read_bytes()
            key = path.rpartition("/")[2]
            put = self.s3.put_object(Bucket=self.outputs["RawBucketName"], Key=key, Body=body)
            return record_key(f"{datetime.now(UTC):%Y-%m-%d}", key, put["VersionId"])

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(put, paths))

    def await_records(self, keys, number):
        """Until the last of these records are stored, and so many in all.

        The whole is listed at the end only: listing 20,000 takes the endpoint seconds.
        """
        until = time.monotonic() + LONGEST
        for key in keys[-LAST:]:
            while not self.is_stored(key):
                wait(0.1, until)
        while self.stored() < number:
            wait(0.5, until)

    def is_stored(self, key):
        """Whether there is a record under that key."""
        try:
            self.s3.head_object(Bucket=self.outputs["ReportsBucketName"], Key=key)
        except ClientError:
            return False
        return True

    def stored(self):
        """How many records there are."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.outputs["ReportsBucketName"], Prefix="processed/"
        )
        return sum(page["KeyCount"] for page in pages)

    def seconds_of_executions(self):
        """How long each execution took, sorted."""
        pages = self.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.outputs["ProcessFileMachineArn"], statusFilter="SUCCEEDED"
        )
        return sorted(
            (each["stopDate"] - each["startDate"]).total_seconds()
            for page in pages
            for each in page["executions"]
        )

    def milliseconds_of_a_call(self):
        """Median and worst of a warm function that answers its event, called over HTTP."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("echo.py", "def handler(event, context):\n    return event\n")
        self.functions.create_function(
            FunctionName="echo",
            Runtime="python3.13",
            Role=self.functions.list_functions()["Functions"][0]["Role"],
            Handler="echo.handler",
            Code={"ZipFile": code.getvalue()},
        )
        took = []
        for _ in range(CALLS):
            began = time.perf_counter()
            self.functions.invoke(FunctionName="echo", Payload=b'{"a": 1}')["Payload"].read()
            took.append((time.perf_counter() - began) * 1000)
        return statistics.median(took[5:]), max(took[5:])


def wait(seconds, until):
    """Sleep for so long.

    Raises:
        TimeoutError: it is later than `until`.
    """
    if time.monotonic() > until:
        raise TimeoutError(f"not all records came in {LONGEST} s")
    time.sleep(seconds)


def with_tally(assembly, number):
    """One run on a fresh endpoint."""
    with tempfile.TemporaryDirectory() as folder, endpoint() as url:
        served = Endpoint(url, assembly)
        warm = steps.make_files(f"{folder}/warm", WARM)
        renamed = [Path(path).rename(path.replace(".csv", "-warm.csv")) for path in warm]
        served.await_records(served.upload([str(path) for path in renamed]), WARM)
        paths = steps.make_files(f"{folder}/in", number)
        before = served.process.memory_info().rss
        began = time.perf_counter()
        served.await_records(served.upload(paths), number + WARM)
        seconds = time.perf_counter() - began
        grown = served.process.memory_info().rss - before
        return {
            "seconds": seconds,
            "kb_each": grown / number / 1024,
            "executions": served.seconds_of_executions(),
            "call": served.milliseconds_of_a_call(),
        }


def with_peer(name, number):
    """One run of a peer in a process of its own."""
    command = (sys.executable, "-m", f"benchmarks.peers.with_{name}", str(number))
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


def told(number, run):
    """A line about one run of Tally."""
    took = run["executions"]
    median, worst = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(
        f"Tally   {number:>6} files {run['seconds']:8.1f} s {number / run['seconds']:7.1f} files/s"
        f"   an execution {median * 1000:.0f} ms (p99 {worst * 1000:.0f})"
        f"   {run['kb_each']:.1f} KB of memory each"
        f"   a Lambda call {run['call'][0]:.1f} ms (worst {run['call'][1]:.0f})",
        flush=True,
    )


def beside(assembly, number, rounds, peers):
    """Every runner in every round; medians and ratios."""
    rates = {"tally": [], **{name: [] for name in peers}}
    for _ in range(rounds):
        run = with_tally(assembly, number)
        told(number, run)
        rates["tally"].append(number / run["seconds"])
        for name in peers:
            files = number // PEERS[name]
            try:
                rates[name].append(files / with_peer(name, files))
            except subprocess.CalledProcessError as error:
                print(f"{name:7} {files:>6} files   failed, exit code {error.returncode}")
                continue
            print(f"{name:7} {files:>6} files {rates[name][-1]:27.1f} files/s", flush=True)
    medians = {name: statistics.median(each) for name, each in rates.items() if each}
    print(f"\nmedians of {rounds}, files a second:")
    for name, rate in medians.items():
        print(f"  {name:8} {rate:6.1f}   Tally is {medians['tally'] / rate:.1f} times that")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=",".join(PEERS), help="with commas between")
    parser.add_argument("--growth", type=int, nargs="*", help="Tally alone, at these sizes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        assembly = Path(folder) / "cdk.out"
        assembly = synthesize(ROOT, assembly)
        if given.growth is None:
            beside(assembly, given.files, given.rounds, given.peers.split(","))
            return
        for number in given.growth or (200, 2000, 20000):
            told(number, with_tally(assembly, number))


main()
