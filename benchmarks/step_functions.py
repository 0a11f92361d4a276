"""What the local Step Functions costs by itself: the API and the interpreter, without any calls.

`process_file`'s happy path (three Task states, JSONata, an event as input) over a world that
answers at once, in this process. Prints, as medians of rounds:

- one at a time: milliseconds from StartExecution to the end, and how many state transitions a
  second that makes;
- many at once: executions and state transitions a second, milliseconds of the loop per state;
- growth: the same after more and more executions, with the processor time of one, a page of
  ListExecutions, a DescribeExecution of an old one, and the bytes of memory that an ended
  execution keeps.

    python benchmarks/step_functions.py [--most 20000]
"""

import argparse
import gc
import json
import random
import statistics
import sys
import threading
import time
import uuid
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from local.stepfunctions import StepFunctions

STATES = 3
ROUNDS = 7
BATCH = 200
ROLE = "arn:aws:iam::123456789012:role/machine"


def machine_definition():
    """process_file's happy path."""
    payload = {
        "execution": {
            "arn": "{% $states.context.Execution.Id %}",
            "started_at": "{% $states.context.Execution.StartTime %}",
        },
        "input": "{% $states.input %}",
    }
    retry = [{"ErrorEquals": ["TransientError"], "MaxAttempts": 5, "JitterStrategy": "FULL"}]

    def function(name, following):
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": name, "Payload": payload},
            "Output": "{% $states.result.Payload %}",
            "Retry": retry,
            "Next": following,
        }

    store = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
        "Arguments": {
            "Bucket": "reports",
            "Key": "{% $states.input.record_key %}",
            "Body": "{% $string($states.input.record) %}",
            "ContentType": "application/json",
        },
        "Output": "{% $states.input.record %}",
        "End": True,
    }
    states = {
        "ValidateFile": function("validate", "CountRecords"),
        "CountRecords": function("count", "StoreMetadata"),
        "StoreMetadata": store,
    }
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": "ValidateFile", "States": states})


def upload(number):
    """An S3 event as EventBridge hands it on."""
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": "123456789012",
            "time": "2026-11-23T13:44:10Z",
            "region": "us-east-1",
            "resources": ["arn:aws:s3:::raw"],
            "detail": {
                "version": "0",
                "bucket": {"name": "raw"},
                "object": {
                    "key": f"incoming/2026/11/file-{number}.csv",
                    "size": random.randrange(10**6),
                    "etag": uuid.uuid4().hex,
                    "version-id": uuid.uuid4().hex,
                    "sequencer": uuid.uuid4().hex[:16],
                },
                "request-id": uuid.uuid4().hex[:16],
                "requester": "123456789012",
                "source-ip-address": "127.0.0.1",
                "reason": "PutObject",
            },
        }
    )


class InstantWorld:
    """Answers every call at once with what process_file's functions would."""

    def __init__(self):
        self.random = random.Random(0)
        self.ended = 0
        self._told = threading.Condition()

    def now(self):
        """Epoch seconds."""
        return time.time()

    def status_changed(self, detail):
        """Count the executions that ended."""
        if detail["status"] != "RUNNING":
            with self._told:
                self.ended += 1
                self._told.notify_all()

    def wait_for(self, ended):
        """Wait until so many have ended."""
        with self._told:
            self._told.wait_for(lambda: self.ended >= ended)

    async def invoke(self, request):
        """Answer as the function or the bucket would."""
        if request.service == "s3":
            return {"ETag": '"d41d8cd98f00b204e9800998ecf8427e"', "VersionId": uuid.uuid4().hex}
        payload = request.arguments["Payload"]
        given = payload["input"]
        found = self._validated(given) if "detail" in given else self._counted(given, payload)
        return {"ExecutedVersion": "$LATEST", "Payload": found, "StatusCode": 200}

    def _validated(self, event):
        item = event["detail"]["object"]
        return {
            "file": {
                "bucket": "raw",
                "key": item["key"],
                "version_id": item["version-id"],
                "etag": item["etag"],
                "size_bytes": item["size"],
                "uploaded_at": event["time"],
            },
            "record_key": f"processed/date=2026-11-23/{item['key']}/v-{item['version-id']}.json",
            "format": "csv",
            "compression": None,
            "encoding": "utf-8",
            "header": True,
            "content_type": "text/csv",
        }

    def _counted(self, validated, payload):
        record = {
            **validated["file"],
            "schema_version": 1,
            "status": "processed",
            "processed_at": payload["execution"]["started_at"],
            "format": "csv",
            "compression": None,
            "encoding": "utf-8",
            "records": self.random.randrange(10_000),
            "columns": ["id", "name", "amount", "created_at"],
            "columns_total": 4,
            "execution_arn": payload["execution"]["arn"],
        }
        return {"record_key": validated["record_key"], "record": record}


class Bench:
    """A service with one machine."""

    def __init__(self):
        self.world = InstantWorld()
        self.service = StepFunctions(self.world, "us-east-1", "123456789012")
        created = self.service.call(
            "CreateStateMachine",
            {"name": "process_file", "definition": machine_definition(), "roleArn": ROLE},
        )
        self.machine = created["stateMachineArn"]
        self.started = []

    def start(self):
        """Start one execution."""
        number = len(self.started)
        answer = self.service.call(
            "StartExecution", {"stateMachineArn": self.machine, "input": upload(number)}
        )
        self.started.append(answer["executionArn"])

    def one(self):
        """Seconds of one execution by itself."""
        begun = time.perf_counter()
        self.start()
        self.world.wait_for(len(self.started))
        return time.perf_counter() - begun

    def many(self, number):
        """Seconds of so many, started one after the other as fast as they are taken."""
        begun = time.perf_counter()
        for _ in range(number):
            self.start()
        self.world.wait_for(len(self.started))
        return time.perf_counter() - begun

    def page(self):
        """Seconds of a page of ListExecutions with a status filter."""
        request = {"stateMachineArn": self.machine, "statusFilter": "SUCCEEDED", "maxResults": 100}
        return timed(lambda: self.service.call("ListExecutions", request))

    def describe(self):
        """Seconds of DescribeExecution of any execution that ended."""
        arn = random.choice(self.started)
        return timed(lambda: self.service.call("DescribeExecution", {"executionArn": arn}))


def timed(function):
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


def median(function, rounds):
    return statistics.median(function() for _ in range(rounds))


def memory():
    gc.collect()
    return psutil.Process().memory_info().rss


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=20_000, help="executions in all (20000)")
    most = parser.parse_args().most
    bench = Bench()
    bench.many(BATCH)
    alone = median(bench.one, 200)
    print(f"one at a time: {alone * 1e3:.2f} ms an execution, {STATES / alone:,.0f} transitions/s")
    together = median(lambda: bench.many(BATCH), ROUNDS)
    rate = BATCH / together
    print(
        f"many at once: {rate:,.0f} executions/s, {rate * STATES:,.0f} transitions/s, "
        f"{1e3 / rate / STATES:.3f} ms a state"
    )
    print(
        "executions so far | executions/s | CPU ms each | list 100, ms | describe, ms | bytes each"
    )
    base, base_memory = len(bench.started), memory()
    for goal in (200, 2_000, 5_000, 10_000, 20_000):
        if goal > most:
            break
        while len(bench.started) < goal + base:
            bench.many(min(BATCH, goal + base - len(bench.started)))
        grown = memory() - base_memory
        busy = time.process_time()
        rate = BATCH / median(lambda: bench.many(BATCH), ROUNDS)
        busy = (time.process_time() - busy) / BATCH / ROUNDS
        page, describe = median(bench.page, 50), median(bench.describe, 50)
        times = f"{busy * 1e3:>11.2f} | {page * 1e3:>12.2f} | {describe * 1e3:>12.2f}"
        print(f"{goal:>17,} | {rate:>12,.0f} | {times} | {grown / goal:>10,.0f}")
    bench.service.stop()


if __name__ == "__main__":
    main()
