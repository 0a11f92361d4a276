"""The deployed pipeline as its users see it: a bucket to upload to, executions, a report.

Everything here is the AWS API over boto3, found by the stacks' outputs, so the same calls would
work against an account.
"""

from __future__ import annotations

import json
import mimetypes
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

    from ops.local_run.files import Upload

CONNECTIONS = 16
POLL_SECONDS = 0.25
ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
LOCAL_CREDENTIALS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}

Version = tuple[str, str]
"""An object version: key and version id."""


@dataclass(frozen=True)
class Ended:
    """One execution that ended: its status, what it was given and what it answered."""

    arn: str
    status: str
    started: datetime
    input: dict[str, Any]
    output: dict[str, Any] | None
    error: str | None
    cause: str | None


class Pipeline:
    """One deployed pipeline, addressed by its stacks' outputs."""

    def __init__(self, endpoint_url: str, outputs: Mapping[str, str]) -> None:
        self.outputs = outputs
        self._options: dict[str, Any] = {
            "endpoint_url": endpoint_url,
            "region_name": outputs["ProcessFileMachineArn"].split(":")[3],
            "config": Config(max_pool_connections=CONNECTIONS, s3={"addressing_style": "path"}),
            **LOCAL_CREDENTIALS,
        }
        self._pool = ThreadPoolExecutor(CONNECTIONS)

    @cached_property
    def s3(self) -> S3Client:
        """The client of both buckets."""
        return boto3.client("s3", **self._options)

    @cached_property
    def states(self) -> SFNClient:
        """The client of both state machines."""
        return boto3.client("stepfunctions", **self._options)

    def upload(self, uploads: Sequence[Upload], uploaded: Callable[[], None]) -> list[Version]:
        """Put every file in the raw bucket; the object versions, in the order of `uploads`."""

        def put(upload: Upload) -> Version:
            kind, _ = mimetypes.guess_type(upload.key)
            with upload.path.open("rb") as body:
                answer = self.s3.put_object(
                    Bucket=self.outputs["RawBucketName"],
                    Key=upload.key,
                    Body=body,
                    ContentType=kind or "application/octet-stream",
                )
            uploaded()
            return upload.key, answer["VersionId"]

        return list(self._pool.map(put, uploads))

    def ended(self, machine: str, known: set[str]) -> Iterator[Ended]:
        """The executions of a machine that ended and whose ARN is not in `known` yet."""
        arns = [arn for arn in self._ended_arns(machine) if arn not in known]
        yield from self._pool.map(self._describe, arns)

    def _ended_arns(self, machine: str) -> Iterator[str]:
        pages = self.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.outputs[machine], PaginationConfig={"PageSize": 1000}
        )
        for page in pages:
            for execution in page["executions"]:
                if execution["status"] in ENDED:
                    yield execution["executionArn"]

    def _describe(self, arn: str) -> Ended:
        answer = self.states.describe_execution(executionArn=arn)
        output = answer.get("output")
        return Ended(
            arn=arn,
            status=answer["status"],
            started=answer["startDate"],
            input=json.loads(answer["input"]),
            output=json.loads(output) if output else None,
            error=answer.get("error"),
            cause=answer.get("cause"),
        )

    def report(self, date: str, deadline_seconds: float) -> dict[str, Any]:
        """Run the daily report for one UTC day (YYYY-MM-DD) and read its `report.json`.

        Raises:
            LocalError: the report's execution did not succeed; says at which error.
        """
        arn = self.states.start_execution(
            stateMachineArn=self.outputs["DailyReportMachineArn"], input=json.dumps({"date": date})
        )["executionArn"]
        until = time.monotonic() + deadline_seconds
        while time.monotonic() < until:
            ended = self._describe(arn)
            if ended.status in ENDED:
                return self._report_of(ended)
            time.sleep(POLL_SECONDS)
        raise LocalError(f"the report did not end within {deadline_seconds:.0f} s: {arn}")

    def _report_of(self, ended: Ended) -> dict[str, Any]:
        if ended.status != "SUCCEEDED" or ended.output is None:
            raise LocalError(f"the report {ended.status}: {ended.error}: {ended.cause}")
        where = ended.output["report"]
        body = self.s3.get_object(Bucket=where["bucket"], Key=where["keys"]["json"])["Body"]
        return dict(json.loads(body.read()))

    def objects(self, bucket: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Each object of a bucket: its key, and how to read it."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for item in page.get("Contents", []):
                yield item["Key"], partial(self._read, bucket, item["Key"])

    def _read(self, bucket: str, key: str) -> bytes:
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
