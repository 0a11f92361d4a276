"""`python tests/faults/soak.py FILES SEED`: files through the endpoint while faults are injected.

Every object version must be exactly once processed, rejected or named as failed; then what failed
is redriven by `tally redrive`, the day's report is made twice at once, and nothing may be left:
neither a failed execution nor its message. Every rejection has a message.
"""

import gzip
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import boto3  # noqa: E402 - after the path
from injected import RATES, Faults  # noqa: E402

from local.deploy import deploy  # noqa: E402
from local.endpoint.server import Server  # noqa: E402
from local.run.synth import synthesize  # noqa: E402

BAD = ("FAILED", "TIMED_OUT", "ABORTED")
LIMIT_SECONDS = 1500


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def any_file(chance, number):
    """A key, a body and its records; None where it must be rejected."""
    rows = chance.choice([1, 3, 50, 400])
    table = b"id,name\n" + b"".join(b"%d,n\n" % row for row in range(rows))
    lines = b"".join(b'{"id": %d}\n' % row for row in range(rows))
    return chance.choice(
        [
            (f"sales/{number}.csv", table, rows),
            (f"sales/{number}.csv.gz", gzip.compress(table), rows),
            (f"events/{number}.jsonl", lines, rows),
            (f"events/{number}.jsonl.gz", gzip.compress(lines), rows),
            (f"lists/{number}.json", json.dumps(list(range(rows))).encode(), rows),
            (f"bad/{number}.csv", b"", None),
            (f"bad/{number}.csv.gz", gzip.compress(table)[:-5], None),
        ]
    )


class Soak:
    """One run over one deployed pipeline."""

    def __init__(self, url, outputs, seed):
        self.chance = random.Random(seed)
        told = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        client = lambda name: boto3.client(  # noqa: E731
            name, endpoint_url=url, region_name="us-east-1", **told
        )
        self.s3, self.states = map(client, ("s3", "stepfunctions"))
        named = {name.upper(): value for name, value in told.items()}
        place = {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "us-east-1"}
        self.environment = {**os.environ, **named, **place}
        self.outputs, self.truth, self.deleted = outputs, {}, set()
        self.raw, self.reports = outputs["RawBucketName"], outputs["ReportsBucketName"]
        self.machine = outputs["ProcessFileMachineArn"]

    def upload(self, files):
        """All files; some are overwritten, some deleted at once."""
        given = [any_file(self.chance, number) for number in range(files)]
        given += self.chance.sample(given, files // 20)
        doomed = set(self.chance.sample(range(len(given)), files // 50))

        def put(number):
            key, body, records = given[number]
            version = self.s3.put_object(Bucket=self.raw, Key=key, Body=body)["VersionId"]
            self.truth[key, version] = records
            if number in doomed:
                self.s3.delete_object(Bucket=self.raw, Key=key, VersionId=version)
                self.deleted.add((key, version))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(put, range(len(given))))

    def executions(self, status):
        pages = self.states.get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.machine, statusFilter=status):
            yield from (each["executionArn"] for each in page["executions"])

    def failed(self):
        """ARNs of what failed, with their object versions."""
        found = {}
        for status in BAD:
            for arn in self.executions(status):
                text = self.states.describe_execution(executionArn=arn)["input"]
                item = json.loads(text)["detail"]["object"]
                found[arn] = item["key"], item["version-id"]
        return found

    def records(self):
        """Keys of records by object version: those processed, those rejected."""
        kinds = {"processed": {}, "rejected": {}}
        pages = self.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.reports, Prefix="processed/"):
            for item in page.get("Contents", ()):
                name = item["Key"].split("/", 2)[2]
                kind = "rejected" if name.endswith(".rejected.json") else "processed"
                place, _, version = name.removesuffix(".rejected.json").rpartition("/")
                if not name.endswith(".duplicate.json"):
                    kinds[kind][place, version.removesuffix(".json")] = item["Key"]
        return kinds["processed"], kinds["rejected"]

    def wait(self):
        """Until everything has come to an end; what failed."""
        until = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < until:
            if next(self.executions("RUNNING"), None) is None:
                failed, (processed, rejected) = self.failed(), self.records()
                if set(self.truth) <= {*processed, *rejected, *failed.values()}:
                    return failed
            time.sleep(1)
        raise AssertionError(f"lost: {set(self.truth) - {*processed, *rejected}}")

    def check(self):
        """The bodies of all records against the truth; how many are of each kind, and records."""
        processed, rejected = self.records()
        assert {*processed, *rejected} <= set(self.truth), "a record of no upload"

        def counted(of):
            body = self.s3.get_object(Bucket=self.reports, Key=processed[of])["Body"].read()
            assert json.loads(body)["records"] == self.truth[of], of
            return self.truth[of]

        with ThreadPoolExecutor(4) as pool:
            total = sum(pool.map(counted, processed))
        for of in rejected.keys() - processed.keys():
            body = self.s3.get_object(Bucket=self.reports, Key=rejected[of])["Body"].read()
            gone = json.loads(body)["error"]["code"] == "OBJECT_GONE"
            assert of in self.deleted if gone else self.truth[of] is None, f"{of}: {body}"
        return len(processed), len(rejected.keys() - processed.keys()), total, processed, rejected

    def tally(self, *words):
        """What the command prints, parsed."""
        command = [Path(sys.executable).with_name("tally"), *words, "--json"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in {0, 1}, done.stderr
        return json.loads(done.stdout)

    def redrive(self):
        """Redrive as a person does, until nothing is left; the executions that it took."""
        first = self.failed()
        for _ in range(5):
            done = self.tally("redrive", "--failed")
            if not self.failed():
                return len(first)
        raise AssertionError(f"still failing: {done}")

    def check_letters(self, rejected):
        """Every rejection has its message, and nothing that was redriven has one any more."""
        self.tally("redrive")  # messages of failures that came after the last redrive looked
        groups = self.tally("dlq")
        told = [each for group in groups for each in group["messages"]]
        of_rejections = {(m["key"], m["version_id"]) for m in told if m["kind"] == "rejected"}
        assert rejected <= of_rejections, f"nobody is told of {rejected - of_rejections}"
        assert {m["kind"] for m in told} <= {"rejected"}, [
            g for g in groups if g["kind"] != "rejected"
        ]

    def report(self):
        """Each day's report, asked for twice at once; all of their totals together."""
        processed, rejected = self.records()
        days = sorted({key.split("/")[1][5:] for key in (*processed.values(), *rejected.values())})
        started = [
            self.states.start_execution(
                stateMachineArn=self.outputs["DailyReportMachineArn"],
                input=json.dumps({"date": day}),
            )["executionArn"]
            for day in (*days, *days)
        ]
        totals = []
        for arn in started:
            while (told := self.states.describe_execution(executionArn=arn))["status"] == "RUNNING":
                time.sleep(0.5)
            assert told["status"] == "SUCCEEDED", told
            totals.append(json.loads(told["output"]))
        names = ("received", "processed", "rejected", "failed", "in_flight", "records")
        halves = [
            {name: sum(each[name] for each in half) for name in names}
            for half in (totals[: len(days)], totals[len(days) :])
        ]
        assert halves[0] == halves[1], halves
        return halves[0]


def run(soak, faults, files):
    begun = time.monotonic()
    soak.upload(files)
    failed = soak.wait()
    passed = time.monotonic() - begun
    versions = len(soak.truth)
    say(f"{versions} object versions in {passed:.1f} s, {versions / passed:.1f} a second")
    before = soak.check()
    say(f"processed {before[0]}, rejected {before[1]}, failed executions {len(failed)}")
    for name, count in sorted(faults.counts.items()):
        say(f"  {name}: {count}")
    faults.rates.clear()
    begun = time.monotonic()
    redriven = soak.redrive()
    say(f"tally redrive: {redriven} executions in {time.monotonic() - begun:.1f} s, days restated")
    after = soak.check()
    soak.check_letters(after[4].keys() - after[3].keys())
    assert before[3].keys() <= after[3].keys(), "a success was taken back"
    assert after[0] + after[1] == versions
    totals = soak.report()
    wanted = (versions, after[0], after[1], 0, 0, after[2])
    assert tuple(totals.values()) == wanted, (totals, wanted)
    say(f"the invariant holds: {totals}")


def main(files=10_000, seed=1, rates="on", assembly=None):
    logging.disable()
    say(f"seed {seed}, {files} files")
    server = Server(0)
    faults = Faults(server.endpoint, seed)  # before it serves, so that it serves with them
    faults.rates.clear()
    threading.Thread(target=lambda: server.run(), daemon=True).start()  # noqa: PLW0108
    try:
        with tempfile.TemporaryDirectory() as folder:
            if assembly is None:
                synthesize(HERE.parents[1], Path(folder))
            outputs = deploy(Path(assembly or folder), server.url)
        if rates == "on":
            faults.rates.update(RATES)
        run(Soak(server.url, outputs, seed), faults, files)
    finally:
        server.stop()
        server.close()
    return 0


if __name__ == "__main__":
    given = sys.argv[1:]
    raise SystemExit(main(*map(int, given[:2]), *given[2:]))
