"""`python tests/campaigns/crash/soak.py FILES KILLS SEED`: uploads while the runtime is killed.

Files go into `tally local up`'s endpoint over one folder, which is killed (-9) at random instants
and started again at the same port. At the end every acknowledged upload must be there byte for
byte, every object version have one execution that succeeded and one record, and every history be
without a gap or a failure. An upload that was not acknowledged may be there or not.

Time limits end at their own instants, also those that come while nothing runs: on a machine that
takes long to start it, an execution may fail by them. It is redriven, as an operator would, and
must succeed then.
"""

import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT)]

import psutil  # noqa: E402 - after the path
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402 - as above

from local.deploy import deploy  # noqa: E402
from local.deploy.synth import synthesize  # noqa: E402
from tests.builders.kept_endpoint import KeptEndpoint  # noqa: E402
from tests.builders.processes import free_port  # noqa: E402

LONGEST_SECONDS = 1.5
"""Of processor, between a start and its kill: a busy machine is killed no earlier in its work."""
IDLE_SECONDS, POLL_SECONDS = 3.0, 0.005
"""So long without work, and nothing is under way any more that a kill could meet."""
UPLOADERS = 4


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Soak:
    """One folder's endpoint, what was acknowledged, and who kills it."""

    def __init__(self, folder, seed):
        self.here = KeptEndpoint(folder / "world", port=free_port())
        self.here.start()
        self.here.outputs = deploy(synthesize(ROOT, folder / "cdk.out"), self.here.url)
        self.s3, self.bucket = self.here.client("s3"), self.here.outputs["RawBucketName"]
        self.chance = random.Random(seed)
        self.acknowledged = {}
        self.tries = self.redriven = 0

    def upload(self, numbers):
        """Put each of some files until it is acknowledged."""
        for number in numbers:
            key, body = f"in/{number}.csv", b"a,b\n" + b"1,2\n" * (number % 50 + 1)
            while True:
                self.tries += 1
                try:
                    put = self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
                except (BotoCoreError, ClientError):
                    time.sleep(0.05)
                else:
                    self.acknowledged[key, put["VersionId"]] = body
                    break

    def run(self, files, kills):
        """Upload files, spread over so many lives of the process."""
        for life in range(kills):
            share = range(files * life // kills, files * (life + 1) // kills)
            uploads = [
                threading.Thread(target=self.upload, args=(share[n::UPLOADERS],))
                for n in range(UPLOADERS)
            ]
            for each in uploads:
                each.start()
            self._await_work(self.chance.uniform(0, LONGEST_SECONDS))
            self.here.end()
            self.here.start()
            for each in uploads:
                each.join()
        self._await_all()
        self.redriven = self._redrive_timed_out()
        self._await_all()

    def _await_work(self, seconds):
        """Wait until the endpoint has had so many seconds of processor, or works no more."""
        process = psutil.Process(self.here.process.pid)
        used = before = sum(process.cpu_times()[:2])
        last = time.monotonic()
        while used - before < seconds and time.monotonic() - last < IDLE_SECONDS:
            time.sleep(POLL_SECONDS)
            if used < (now := sum(process.cpu_times()[:2])):
                used, last = now, time.monotonic()

    def _await_all(self):
        while any(status == "RUNNING" for status, _ in self.here.executions()):
            time.sleep(1)

    def _redrive_timed_out(self):
        states = self.here.deployment.clients.states
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=self.here.deployment.process_file, statusFilter="FAILED"
        )
        arns = [each["executionArn"] for page in pages for each in page["executions"]]
        late = [
            arn for arn in arns if states.describe_execution(executionArn=arn)["error"] == TIMEOUT
        ]
        for arn in late:
            states.redrive_execution(executionArn=arn)
        return len(late)

    def breaches(self):
        """Everything that is not as it must be."""
        deployment = self.here.deployment
        s3, bucket = deployment.clients.s3, deployment.raw_bucket
        for (key, version), body in self.acknowledged.items():
            if s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read() != body:
                yield f"{key} {version} has another content"
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        stored = {(e["Key"], e["VersionId"]) for page in pages for e in page.get("Versions", ())}
        found = self.here.executions()
        objects = [given["detail"]["object"] for _, given in found]
        started = Counter((each["key"], each["version-id"]) for each in objects)
        yield from (f"{each} is not there" for each in self.acknowledged.keys() - stored)
        yield from (f"{each} was never processed" for each in stored - started.keys())
        yield from (f"{each}: {count} executions" for each, count in started.items() if count > 1)
        yield from (f"{n} are {s}" for s, n in Counter(s for s, _ in found).items() if s != DONE)
        records = s3.get_paginator("list_objects_v2").paginate(
            Bucket=deployment.reports_bucket, Prefix="processed/"
        )
        count = sum(page["KeyCount"] for page in records)
        if count != len(stored):
            yield f"{count} records of {len(stored)} object versions"
        yield from self._histories(deployment.clients.states)

    def _histories(self, states):
        pages = states.get_paginator("list_executions")
        machine = self.here.deployment.process_file
        for page in pages.paginate(stateMachineArn=machine):
            for item in page["executions"]:
                events = states.get_execution_history(
                    executionArn=item["executionArn"], maxResults=1000
                )["events"]
                ids = [event["id"] for event in events]
                failed = [event["type"] for event in events if is_failure(event)]
                if ids != list(range(1, len(ids) + 1)) or failed:
                    yield f"{item['executionArn']}: {len(ids)} events, {failed}"


def is_failure(event):
    """Whether an event says that something failed, and not by its time limit."""
    details = event.get("executionFailedEventDetails", {})
    return event["type"].endswith("Failed") and details.get("error") != TIMEOUT


DONE, TIMEOUT = "SUCCEEDED", "States.Timeout"


def soak(files, kills, seed):
    """Print what was done and every breach; whether there is none."""
    with tempfile.TemporaryDirectory() as folder:
        run = Soak(Path(folder), seed)
        begun = time.monotonic()
        try:
            run.run(files, kills)
            breaches = list(run.breaches())
        finally:
            run.here.end()
    seconds = time.monotonic() - begun
    late = f", {run.redriven} redriven after a time limit" if run.redriven else ""
    say(f"{files} files, {kills} kills, {run.tries} uploads tried, {seconds:.0f} s{late}")
    for each in breaches:
        say(f"BREACH: {each}")
    say("every acknowledged upload is there, processed once" if not breaches else "FAILED")
    return not breaches


if __name__ == "__main__":
    sys.exit(0 if soak(*(int(each) for each in sys.argv[1:4])) else 1)
