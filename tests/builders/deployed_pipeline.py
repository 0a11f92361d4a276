"""A deployed pipeline as tests of the tools use it: files go in, executions end, messages come."""

import json
import time

import pytest

from ops.pipeline import dead_letters
from tests.builders.functions import broken

ABOUT = {}
"""The key and version that each execution is about: hundreds are not asked for again."""
ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}


class DeployedPipeline:
    """The deployment, and what its tests do to it."""

    def __init__(self, deployment):
        self.deployment = deployment
        self.clients = deployment.clients

    def upload(self, key, body):
        """Put an object; the execution that it started, once it ended."""
        version = self.clients.s3.put_object(Bucket=self.deployment.raw_bucket, Key=key, Body=body)[
            "VersionId"
        ]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = self._execution_of(key, version)
            if found and found["status"] in ENDED:
                return found
            time.sleep(0.05)
        pytest.fail(f"{key} was not processed within a minute")

    def put_unnoticed(self, key, body):
        """Put an object whose event reaches nobody; its version id."""
        s3, bucket = self.clients.s3, self.deployment.raw_bucket
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
        try:
            return s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]
        finally:
            everything = {"EventBridgeConfiguration": {}}
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration=everything
            )

    def _execution_of(self, key, version):
        pages = self.clients.states.get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.deployment.process_file):
            for item in page["executions"]:
                arn = item["executionArn"]
                if ABOUT.get(arn, (key, version)) != (key, version):
                    continue
                described = self.describe(arn)
                ABOUT[arn] = _object_of(json.loads(described["input"]))
                if ABOUT[arn] == (key, version):
                    return described
        return None

    def until_ended(self, arn):
        until = time.monotonic() + 60
        while (found := self.describe(arn))["status"] not in ENDED and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def describe(self, arn):
        return self.clients.states.describe_execution(executionArn=arn)

    def entered(self, arn):
        pages = self.clients.states.get_paginator("get_execution_history")
        events = [event for page in pages.paginate(executionArn=arn) for event in page["events"]]
        details = [event.get("stateEnteredEventDetails") for event in events]
        return [detail["name"] for detail in details if detail]

    def record_key(self, record):
        day, version = record["uploaded_at"][:10], record["version_id"]
        return f"processed/date={day}/{record['key']}/v-{version}"

    def broken(self, state):
        """The state's function has a handler that does not exist, while the block runs."""
        return broken(self.deployment, state)

    def empty_queue(self):
        """Nothing of other tests is in the queue."""
        dead_letters.delete(self.deployment, dead_letters.letters(self.deployment))

    def letters(self, about, seconds=20):
        """Bodies of messages in which a text occurs, once there is one; none is taken."""
        until = time.monotonic() + seconds
        while True:
            answer = self.clients.sqs.receive_message(
                QueueUrl=self.deployment.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
            )
            bodies = [each["Body"] for each in answer.get("Messages", ()) if about in each["Body"]]
            if bodies or time.monotonic() > until:
                return [json.loads(body) for body in bodies]
            time.sleep(0.1)


def _object_of(event):
    """The key and version that an event is about; some tests start executions with other input."""
    detail = event.get("detail", {}) if isinstance(event, dict) else {}
    found = detail.get("object", {})
    return found.get("key"), found.get("version-id")
