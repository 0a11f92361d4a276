"""The deployed pipeline on a loopback endpoint, one for each test process."""

import json
import re
import subprocess
import sys
import time
from functools import cache, partial
from pathlib import Path

import pytest

from local.deploy import deploy
from local.deploy.session import endpoint
from tests.builders.clients import client_of

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}


class World:
    """What a user of the deployed pipeline can do and see, through the AWS API alone."""

    def __init__(self, url, outputs):
        self.url = url
        self.outputs = outputs
        self.raw = outputs["RawBucketName"]
        self.reports = outputs["ReportsBucketName"]
        self.machine = outputs["ProcessFileMachineArn"]
        self.client = cache(partial(client_of, url))
        self._about = {}

    def upload(self, key, body, **options):
        return self.client("s3").put_object(Bucket=self.raw, Key=key, Body=body, **options)[
            "VersionId"
        ]

    def executions(self, **filters):
        pages = self.client("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.machine, **filters):
            yield from page["executions"]

    def execution_of(self, key, version):
        """The execution that an upload started, as DescribeExecution shows it, or None."""
        for item in self.executions():
            arn = item["executionArn"]
            if self._about.get(arn, (key, version)) != (key, version):
                continue
            described = self.describe(arn)
            found = json.loads(described["input"])["detail"]["object"]
            self._about[arn] = found["key"], found["version-id"]
            if self._about[arn] == (key, version):
                return described
        return None

    def describe(self, arn):
        return self.client("stepfunctions").describe_execution(executionArn=arn)

    def ended(self, key, version, seconds=60):
        """The execution of an upload, once it ended."""

        def look():
            found = self.execution_of(key, version)
            return found if found and found["status"] in ENDED else None

        return eventually(look, seconds)

    def status_once_ended(self, arn, seconds=60):
        def look():
            status = self.describe(arn)["status"]
            return status if status in ENDED else None

        return eventually(look, seconds)

    def history(self, arn):
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [event for page in pages.paginate(executionArn=arn) for event in page["events"]]

    def entered(self, arn):
        """Names of the states entered, in order."""
        events = self.history(arn)
        details = [event.get("stateEnteredEventDetails") for event in events]
        return [detail["name"] for detail in details if detail]

    def record(self, key):
        return json.loads(self.client("s3").get_object(Bucket=self.reports, Key=key)["Body"].read())

    def records_of(self, raw_key):
        """Keys of the records stored for one raw key."""
        pages = self.client("s3").get_paginator("list_objects_v2")
        listed = pages.paginate(Bucket=self.reports, Prefix="processed/")
        keys = [item["Key"] for page in listed for item in page.get("Contents", ())]
        return [key for key in keys if f"/{raw_key}/" in key]

    def dead_letters(self, about, seconds=20):
        """The bodies of the dead-letter messages in which a text occurs, once there is one."""
        seen = []

        def look():
            answer = self.client("sqs").receive_message(
                QueueUrl=self.outputs["DeadLetterQueueUrl"],
                MaxNumberOfMessages=10,
                VisibilityTimeout=1,
            )
            seen.extend(message["Body"] for message in answer.get("Messages", ()))
            return [json.loads(body) for body in set(seen) if about in body]

        return eventually(look, seconds)

    def memory_used(self, function):
        """MB that the function's processes held at the end of each call, in order of time."""
        logs = self.client("logs")
        group = f"/aws/lambda/{function}"
        events = []
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, filterPattern="REPORT"
        ):
            events += page["events"]
        events.sort(key=lambda event: event["timestamp"])
        found = (re.search(r"Max Memory Used: (\d+) MB", event["message"]) for event in events)
        return [int(match[1]) for match in found if match]

    def aws(self, *words):
        """What the real `aws` command answers, parsed where it is JSON."""
        done = subprocess.run(
            [Path(sys.executable).parent / "aws", *words],
            env={
                "PATH": str(Path(sys.executable).parent),
                "AWS_ENDPOINT_URL": self.url,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_EC2_METADATA_DISABLED": "true",
                "HOME": "/nonexistent",
                **CREDENTIALS,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout


def eventually(look, seconds):
    """The first true answer of `look` within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"did not happen within {seconds} s: {look.__qualname__}")


@pytest.fixture(scope="session")
def world(assembly):
    with endpoint() as url:
        yield World(url, deploy(assembly, url))


@pytest.fixture(scope="session")
def eventually_():
    return eventually
