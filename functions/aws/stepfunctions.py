"""Step Functions as the report needs it: which executions of a day left no record, and where."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from functions.aws.errors import translated
from functions.core.reporting.findings import Unfinished
from functions.core.uploads import read_event
from functions.core.watching.oldest_execution import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import (
        DescribeExecutionOutputTypeDef,
        ExecutionListItemTypeDef,
    )

    from functions.core.uploads import Upload

PAGE = 1000
"""Executions in one answer, at most (ListExecutions, maxResults)."""
PAGES = 4
"""For what is asked several times an hour: ListExecutions answers 2 a second in some regions."""
MOST_LOOKED_AT = 100_000
"""A hundred pages: 20 to 50 seconds, of the five minutes that PlanReport has."""
MOST_ASKED = 1_500
"""A report asks for so many that failed and so many that run: DescribeExecution answers 10 to 15 of
them a second, GetExecutionHistory 20. That is six to eight minutes of the fifteen that it has."""
MOST_COUNTED = 300_000
"""Three hundred pages: one to three minutes more."""
FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
RUNNING = ("RUNNING",)


@cache
def client() -> SFNClient:
    """The client of this process."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=20)
    return boto3.client("stepfunctions", config=config)


class Executions:
    """The executions of one state machine."""

    def __init__(self, machine_arn: str, states: SFNClient) -> None:
        self._machine_arn = machine_arn
        self._states = states

    def any_running(self, start: datetime, end: datetime) -> bool:
        """Whether an execution that began between the two moments runs still.

        Raises:
            TransientError: Step Functions is busy or out of reach.
        """
        return self._any(start, end, RUNNING)

    def any_unfinished(self, start: datetime, end: datetime) -> bool:
        """Whether one that began between the two moments runs still or failed.

        Raises:
            TransientError: Step Functions is busy or out of reach.
        """
        return self._any(start, end, (*FAILED, *RUNNING))

    def failed(self, start: datetime) -> Iterator[tuple[str, datetime]]:
        """Those that began at or after a moment and failed: the ARN of each, and when it ended.

        Raises:
            TransientError: Step Functions is busy or out of reach.
        """
        for each in self._since(start, FAILED):
            yield each["executionArn"], each["stopDate"]

    def _any(self, start: datetime, end: datetime, statuses: tuple[str, ...]) -> bool:
        found = islice(self._since(start, statuses), MOST_LOOKED_AT)
        # Where very many are younger, one of the day may well be among those that were not seen.
        return any(
            each["startDate"] < end or place == MOST_LOOKED_AT
            for place, each in enumerate(found, start=1)
        )

    def running(self) -> Listing:
        """When those that run began, the newest first; not all of them, if they are very many.

        A redriven execution began at its redrive: what it waited before is not running.

        Raises:
            TransientError: Step Functions is busy or out of reach.
        """
        found: list[datetime] = []
        more: dict[str, Any] = {}
        for _ in range(PAGES):
            with translated("Step Functions"):
                page = self._states.list_executions(
                    stateMachineArn=self._machine_arn,
                    statusFilter="RUNNING",
                    maxResults=PAGE,
                    **more,
                )
            found += [each.get("redriveDate", each["startDate"]) for each in page["executions"]]
            if "nextToken" not in page:
                return Listing(found, whole=True)
            more = {"nextToken": page["nextToken"]}
        return Listing(found, whole=False)

    def unfinished(
        self, date: str, start: datetime, statuses: tuple[str, ...]
    ) -> Iterator[Unfinished]:
        """The uploads of a day whose executions have such a status, their states not told.

        An execution belongs to the day of its upload, which it cannot have begun before. So many
        are asked for it; of more, those that began on the day are told, and not which file each is.

        Raises:
            TransientError: Step Functions is busy or out of reach.
        """
        end = start + timedelta(days=1)
        for place, each in enumerate(islice(self._since(start, statuses), MOST_COUNTED)):
            if place >= MOST_ASKED:
                if each["startDate"] < end:
                    yield _not_asked(each)
                continue
            with translated("Step Functions"):
                found = self._states.describe_execution(executionArn=each["executionArn"])
            upload = _upload(found)
            if upload.date == date:
                yield Unfinished(
                    key=upload.key,
                    version_id=upload.version_id,
                    execution_arn=found["executionArn"],
                    status=found["status"],
                    error=found.get("error"),
                )

    def with_state(self, upload: Unfinished) -> Unfinished:
        """The same, with the state that its execution entered last.

        Raises:
            TransientError: Step Functions is busy or out of reach.
        """
        with translated("Step Functions"):
            events = self._states.get_execution_history(
                executionArn=upload.execution_arn,
                reverseOrder=True,
                maxResults=50,
                includeExecutionData=False,
            )["events"]
        entered = (event.get("stateEnteredEventDetails") for event in events)
        last = next((details["name"] for details in entered if details), None)
        return replace(upload, state=last)

    def _since(self, start: datetime, statuses: tuple[str, ...]) -> Iterator[Any]:
        """Those that began at or after a moment; a listing is newest first."""
        for status in statuses:
            with translated("Step Functions"):
                pages = self._states.get_paginator("list_executions").paginate(
                    stateMachineArn=self._machine_arn,
                    statusFilter=status,  # type: ignore[arg-type]
                    PaginationConfig={"PageSize": PAGE},
                )
                for page in pages:
                    recent = [each for each in page["executions"] if each["startDate"] >= start]
                    yield from recent
                    if len(recent) < len(page["executions"]):
                        break


def _not_asked(execution: ExecutionListItemTypeDef) -> Unfinished:
    return Unfinished(
        key="",
        version_id=execution["name"],
        execution_arn=execution["executionArn"],
        status=execution["status"],
        described=False,
    )


def _upload(execution: DescribeExecutionOutputTypeDef) -> Upload:
    """What the execution is about, as ValidateFile reads it; whatever it was started with."""
    try:
        event = json.loads(execution["input"])
    except ValueError:
        event = None
    started = execution["startDate"].astimezone(UTC).isoformat()
    return read_event(event, execution["executionArn"], started)[0]
