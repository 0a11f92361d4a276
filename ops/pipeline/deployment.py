"""One deployed pipeline, found by its stacks' outputs: never by names that somebody typed in.

Credentials, region and endpoint are boto3's own business (profiles, `AWS_...` variables,
`AWS_ENDPOINT_URL`), so the same code looks at an account and at `tally local up`.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.pipeline.errors import NoAccessError, code_of, plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from boto3.session import Session
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

DEFAULT_PROJECT: Final = "event-driven-pipeline"
DEFAULT_ENVIRONMENT: Final = "dev"
"""As in the settings of the stacks."""

STACKS: Final = ("storage", "processing", "reporting")
MACHINES: Final = ("ProcessFile", "DailyReport")
CONNECTIONS: Final = 32
PATIENT: Final = 8
IMPATIENT: Final = 2
"""Tries of a request. The stacks are asked first of all: that nobody answers shows there."""


class Clients:
    """The AWS services by boto3, each client made when it is first asked for, from any thread."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def _client(self, service: str) -> Any:
        """Making a client is not thread-safe; using one is (boto3 guide, "Clients")."""
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    @property
    def s3(self) -> S3Client:
        """Both buckets."""
        return cast("S3Client", self._client("s3"))

    @property
    def states(self) -> SFNClient:
        """Both state machines."""
        return cast("SFNClient", self._client("stepfunctions"))

    @property
    def sqs(self) -> SQSClient:
        """The dead-letter queue."""
        return cast("SQSClient", self._client("sqs"))

    @property
    def logs(self) -> CloudWatchLogsClient:
        """What the functions and the machines wrote."""
        return cast("CloudWatchLogsClient", self._client("logs"))

    @property
    def functions(self) -> LambdaClient:
        """The Lambda functions."""
        return cast("LambdaClient", self._client("lambda"))

    @property
    def metrics(self) -> Any:
        """CloudWatch, which has the dashboard."""
        return self._client("cloudwatch")

    @property
    def stacks(self) -> CloudFormationClient:
        """The stacks."""
        return cast("CloudFormationClient", self._client("cloudformation"))


@dataclass(frozen=True)
class Deployment:
    """Where everything of one deployment is, and the clients to reach it by."""

    name: str
    """`<project>-<environment>`, which begins every stack's name."""
    region: str
    raw_bucket: str
    reports_bucket: str
    queue_url: str
    process_file: str
    """The ARN of the state machine that takes each upload."""
    daily_report: str
    """The ARN of the state machine that writes a day's report."""
    schedule: str
    clients: Clients
    ignored_keys: tuple[str, ...] = ()
    """Wildcards of the keys that start no execution."""
    live: Mapping[str, str] = field(default_factory=dict)
    """The aliases that lead to the live version of each state machine, by the machine's ARN; none
    where the setting `deployment` makes none."""
    about: dict[str, tuple[str, str] | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    """The key and version id that an execution is about, of those that were looked at, by ARN."""

    @property
    def machines(self) -> dict[str, str]:
        """The state machines' ARNs under the names that this project calls them by."""
        return {"process_file": self.process_file, "daily_report": self.daily_report}

    def start(self, machine: str, given: Mapping[str, Any]) -> str:
        """Start an execution of the state machine of this ARN, as uploads and the schedule do.

        Returns:
            The execution's ARN.
        """
        return self.clients.states.start_execution(
            stateMachineArn=self.live.get(machine, machine), input=json.dumps(given)
        )["executionArn"]

    def machine_name(self, arn: str) -> str:
        """What this project calls the state machine of that ARN; its own name if it is none."""
        known = {machine: name for name, machine in self.machines.items()}
        return known.get(arn, arn.rpartition(":")[2])


def find(
    project: str = DEFAULT_PROJECT,
    environment: str = DEFAULT_ENVIRONMENT,
    *,
    profile: str | None = None,
    region: str | None = None,
) -> Deployment:
    """Look up a deployment by the outputs of its stacks.

    Raises:
        NoAccessError: no credentials, no answer, no permission, or no such stacks.
    """
    with plainly():
        session = boto3.Session(profile_name=profile, region_name=region)
        clients = Clients(partial(client, session))
        name = f"{project}-{environment}"
        outputs: dict[str, str] = {}
        for stack in STACKS:
            outputs |= _outputs(clients.stacks, f"{name}-{stack}")
        return deployment_of(name, clients.stacks.meta.region_name, outputs, clients)


def deployment_of(
    name: str, region: str, outputs: Mapping[str, str], clients: Clients
) -> Deployment:
    """A deployment whose stacks' outputs are known.

    Raises:
        NoAccessError: one is missing.
    """
    try:
        return Deployment(
            name=name,
            region=region,
            raw_bucket=outputs["RawBucketName"],
            reports_bucket=outputs["ReportsBucketName"],
            queue_url=outputs["DeadLetterQueueUrl"],
            process_file=outputs["ProcessFileMachineArn"],
            daily_report=outputs["DailyReportMachineArn"],
            schedule=outputs["ReportScheduleName"],
            clients=clients,
            ignored_keys=tuple(json.loads(outputs.get("IgnoredKeys", "[]"))),
            live={
                outputs[f"{machine}MachineArn"]: outputs[f"{machine}LiveArn"]
                for machine in MACHINES
                if f"{machine}LiveArn" in outputs  # stacks that are deployed may be older
            },
        )
    except KeyError as missing:
        problem = f"the stacks of {name} have no output {missing}: deploy it again"
        raise NoAccessError(problem) from missing


def client(session: Session, service: str, *, endpoint: str | None = None) -> Any:
    """A client that waits out throttling, and names a bucket in the path where it must.

    Off AWS (`http://localhost:4566`) a bucket's name cannot be looked up as part of a host's.
    """
    tries = IMPATIENT if service == "cloudformation" else PATIENT
    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": tries},
        max_pool_connections=CONNECTIONS,
        connect_timeout=5,
    )
    make = cast("Callable[..., Any]", session.client)
    made = make(service, config=config, endpoint_url=endpoint)
    if service == "s3" and ".amazonaws.com" not in made.meta.endpoint_url:
        config = config.merge(Config(s3={"addressing_style": "path"}))
        made = make(service, config=config, endpoint_url=endpoint)
    return made


def _outputs(stacks: CloudFormationClient, stack: str) -> dict[str, str]:
    try:
        (found,) = stacks.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if code_of(error) != "ValidationError":
            raise
        raise NoAccessError(_no_such(stacks, stack)) from error
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}


def _no_such(stacks: CloudFormationClient, stack: str) -> str:
    """Say what is deployed instead, if anything looks like Tally."""
    pages = stacks.get_paginator("describe_stacks").paginate()
    names = (each["StackName"] for page in pages for each in page["Stacks"])
    others = [each.removesuffix("-storage") for each in names if each.endswith("-storage")]
    hint = f"deployed here: {', '.join(others)}" if others else "deploy it first"
    where = stacks.meta.region_name
    return f"no stack {stack} in {where} ({hint}; --project and --environment name another)"
