"""The deployed pipeline as whoever operates it sees it: AWS's API, and the real `tally`."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from clock import PLACE
from uploads import LARGE_FILE_BYTES

HERE = Path(__file__).resolve().parent
FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
TIMED = ("validate_file", "count_records", "count_range", "merge_ranges", "plan_report")
"""The functions that ask for the time, or cut large files."""
MACHINES = ("ProcessFileMachineArn", "DailyReportMachineArn")
TOTALS = ("received", "processed", "rejected", "failed", "in_flight", "records")


class Deployed:
    """One deployed pipeline."""

    def __init__(self, url, outputs):
        told = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        client = lambda name: boto3.client(  # noqa: E731
            name, endpoint_url=url, region_name="us-east-1", **told
        )
        self.s3, self.states, self.functions = map(client, ("s3", "stepfunctions", "lambda"))
        self.schedules, self.watch = client("scheduler"), outputs["WatchScheduleName"]
        named = {name.upper(): value for name, value in told.items()}
        place = {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "us-east-1"}
        self.environment = {**os.environ, **named, **place}
        self.raw, self.reports = outputs["RawBucketName"], outputs["ReportsBucketName"]
        self.machines = [outputs[name] for name in MACHINES]
        self.process_file, self.daily_report = self.machines

    def configure(self, clock):
        """Cut files of so few bytes that there are many, and let functions go by the clock.

        Nobody watches executions: every 15 minutes of a clock that leaps would be all that happens.
        """
        self.schedules.delete_schedule(Name=self.watch)
        by_clock = {"PYTHONPATH": str(HERE), PLACE: str(clock.place)}
        for module in TIMED:
            self._set(module, {"LARGE_FILE_BYTES": str(LARGE_FILE_BYTES), **by_clock})

    def _set(self, module, variables):
        pages = self.functions.get_paginator("list_functions").paginate()
        handler = f"functions.{module}.handler"
        (found,) = (f for page in pages for f in page["Functions"] if f["Handler"] == handler)
        whole = {**found["Environment"]["Variables"], **variables}
        self.functions.update_function_configuration(
            FunctionName=found["FunctionName"],
            Environment={"Variables": whole},
            Handler=f"clock.{module}",
        )

    def executions(self, machine, status):
        pages = self.states.get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=machine, statusFilter=status):
            yield from (each["executionArn"] for each in page["executions"])

    def running(self, machine):
        return next(self.executions(machine, "RUNNING"), None) is not None

    def failed(self):
        """ARNs of what failed, with their object versions; None where it is no upload's."""
        found = {}
        for machine in self.machines:
            for status in FAILED:
                for arn in self.executions(machine, status):
                    found[arn] = self._version(arn) if machine == self.process_file else None
        return found

    def _version(self, arn):
        told = json.loads(self.states.describe_execution(executionArn=arn)["input"])
        return told["detail"]["object"]["key"], told["detail"]["object"]["version-id"]

    def nights(self):
        """Executions that the schedule started, by status."""
        pages = self.states.get_paginator("list_executions")
        found = [
            self.states.describe_execution(executionArn=each["executionArn"])
            for page in pages.paginate(stateMachineArn=self.daily_report)
            for each in page["executions"]
        ]
        return Counter(each["status"] for each in found if "scheduled_at" in each["input"])

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
                    of = place, version.removeprefix("v-").removesuffix(".json")
                    assert of not in kinds[kind], f"{of} has two records"
                    kinds[kind][of] = item["Key"]
        return kinds["processed"], kinds["rejected"]

    def documents(self, keys):
        """Stored JSON documents, by key."""
        with ThreadPoolExecutor(4) as pool:
            return dict(zip(keys, pool.map(self._document, keys), strict=True))

    def _document(self, key):
        return json.loads(self.s3.get_object(Bucket=self.reports, Key=key)["Body"].read())

    def stored_totals(self, date):
        """What the report of a day that is stored says."""
        totals = self._document(f"daily-reports/date={date}/report.json")["totals"]
        return {name: totals[name] for name in TOTALS}

    def report(self, dates):
        """The days' reports, asked for at once; the totals of each."""
        started = [
            self.states.start_execution(
                stateMachineArn=self.daily_report, input=json.dumps({"date": date})
            )["executionArn"]
            for date in dates
        ]
        return [self._totals(arn) for arn in started]

    def _totals(self, arn):
        while (told := self.states.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.2)
        assert told["status"] == "SUCCEEDED", told
        output = json.loads(told["output"])
        return {name: output[name] for name in TOTALS}

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
