"""Executions as Step Functions lists and describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline.errors import NotFoundError, code_of
from ops.pipeline.uploads import Upload, is_replay, upload_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ops.pipeline.deployment import Deployment

RUNNING: Final = "RUNNING"
SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = ("FAILED", "TIMED_OUT", "ABORTED")
"""Ended, and to be redriven."""
BEGINNING: Final = 4
"""So many characters of a name are looked for; fewer would be of many."""
LOOKED_AT: Final = 10_000
"""So many of each machine are looked at for a name's beginning: ten requests."""
STATUSES: Final = (RUNNING, SUCCEEDED, *FAILED)


@dataclass(frozen=True)
class Execution:
    """One execution in a list. `machine` is what this project calls its state machine."""

    arn: str
    machine: str
    status: str
    started: datetime
    stopped: datetime | None
    redrives: int

    @property
    def name(self) -> str:
        """The last part of its ARN."""
        return self.arn.rpartition(":")[2]

    @property
    def seconds(self) -> float | None:
        """From its start to its end; None while it runs."""
        return (self.stopped - self.started).total_seconds() if self.stopped else None

    def to_json(self) -> dict[str, Any]:
        """For programs; times are ISO 8601."""
        return {
            "execution": self.arn,
            "machine": self.machine,
            "status": self.status,
            "started": self.started.isoformat(),
            "stopped": self.stopped.isoformat() if self.stopped else None,
            "seconds": self.seconds,
            "redrives": self.redrives,
        }


@dataclass(frozen=True)
class Details(Execution):
    """One execution in full. Input and output are JSON texts."""

    input: str | None
    output: str | None
    error: str | None
    cause: str | None
    redrive_status: str | None
    redrive_reason: str | None
    version: str | None
    """The ARN of the version of its state machine, where it was started by one or by an alias."""
    redriven: datetime | None = None
    """When it was last redriven."""

    @property
    def upload(self) -> Upload | None:
        """The object version that it is about."""
        return upload_of(self.input)

    @property
    def is_replay(self) -> bool:
        """Whether an operator started it again, and no event of S3."""
        return is_replay(self.input)

    @property
    def result(self) -> dict[str, Any]:
        """Its output, where that is an object: a record, or the totals of a report."""
        try:
            found = json.loads(self.output or "null")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def became(details: Details) -> str:
    """What an ended execution made of its file: processed, rejected, duplicate, or failed."""
    return str(details.result.get("status", "failed")) if details.status == SUCCEEDED else "failed"


def executions(
    deployment: Deployment,
    machine: str,
    status: str | None = None,
    since: datetime | None = None,
) -> Iterator[Execution]:
    """Those of `process_file` or `daily_report` that started since then, newest first."""
    given: dict[str, Any] = {"stateMachineArn": deployment.machines[machine]}
    if status is not None:
        given["statusFilter"] = status
    pages = deployment.clients.states.get_paginator("list_executions").paginate(
        **given, PaginationConfig={"PageSize": 1000}
    )
    for page in pages:
        for item in page["executions"]:
            if since is not None and item["startDate"] < since:
                return
            yield Execution(**_listed(item, deployment))


def described(deployment: Deployment, arn: str) -> Details:
    """One execution in full.

    Raises:
        NotFoundError: there is none, or it ended over 90 days ago.
    """
    try:
        found = deployment.clients.states.describe_execution(executionArn=arn)
    except ClientError as error:
        if code_of(error) in {"ExecutionDoesNotExist", "InvalidArn"}:
            raise NotFoundError(f"no such execution: {arn}") from error
        raise
    return details_of(found, deployment)


def details_of(found: Mapping[str, Any], deployment: Deployment) -> Details:
    """An answer of DescribeExecution."""
    return Details(
        **_listed(found, deployment),
        input=found.get("input"),
        output=found.get("output"),
        error=found.get("error"),
        cause=found.get("cause"),
        redrive_status=found.get("redriveStatus"),
        redrive_reason=found.get("redriveStatusReason"),
        version=found.get("stateMachineVersionArn"),
        redriven=found.get("redriveDate"),
    )


def execution_arn(deployment: Deployment, given: str) -> str:
    """The ARN of an execution given by its ARN, its name, or the beginning of its name.

    Raises:
        NotFoundError: no execution has that name, or several begin so.
    """
    if given.startswith("arn:"):
        return given
    for machine in deployment.machines.values():
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{given}"
        try:
            return described(deployment, arn).arn
        except NotFoundError:
            continue
    return _by_beginning(deployment, given)


def _by_beginning(deployment: Deployment, given: str) -> str:
    """The one of the newest executions whose name begins so."""
    found = []
    if len(given) >= BEGINNING:
        found = [
            each.arn
            for machine in deployment.machines
            for each in islice(executions(deployment, machine), LOOKED_AT)
            if each.name.startswith(given)
        ]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(f"{len(found)} executions have names that begin with {given}")
    raise NotFoundError(f"no execution of {deployment.name} has the name {given}")


def _listed(item: Mapping[str, Any], deployment: Deployment) -> dict[str, Any]:
    return {
        "arn": item["executionArn"],
        "machine": deployment.machine_name(item["stateMachineArn"]),
        "status": item["status"],
        "started": item["startDate"],
        "stopped": item.get("stopDate"),
        "redrives": item.get("redriveCount", 0),
    }
