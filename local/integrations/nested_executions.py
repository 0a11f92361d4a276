"""Executions that a task starts and waits for (`startExecution.sync` and `.sync:2`)."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
from typing import TYPE_CHECKING, Any, Protocol

from local.asl import TaskFailed
from local.stepfunctions import ApiError
from local.stepfunctions.errors import StoppedError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from local.asl import Json, TaskRequest
    from local.iam.authorizer import Authorizer

log = logging.getLogger(__name__)

PATTERNS = frozenset({"sync", "sync:2"})
DATES = frozenset({"StartDate", "StopDate", "RedriveDate"})


class FollowedExecutions(Protocol):
    """The Step Functions API, as far as following an execution takes."""

    async def ended(self, execution_arn: str) -> dict[str, Any]:
        """DescribeExecution, once it ended."""

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Do one operation; waits."""


class NestedExecutions:
    """Waits for started executions; stops those that nobody waits for any more."""

    def __init__(
        self, executions: FollowedExecutions, authorizer: Authorizer, threads: Executor
    ) -> None:
        self._executions = executions
        self._authorizer = authorizer
        self._threads = threads

    async def result(self, request: TaskRequest, starting: asyncio.Future[Json]) -> Json:
        """What a started execution became.

        Raises:
            TaskFailed: it could not be started, or did not succeed; then the cause is its
                description.
        """
        followed = False
        try:
            answer = await asyncio.shield(starting)
            request.submitted(answer)
            found = as_result(await self._executions.ended(answer["ExecutionArn"]))
            followed = True
        finally:
            if not followed:
                starting.add_done_callback(functools.partial(self._abandon, request))
        if found["Status"] != "SUCCEEDED":
            raise TaskFailed("States.TaskFailed", _compact(found))
        if request.pattern == "sync:2":
            found |= {name: json.loads(found[name]) for name in ("Input", "Output")}
        return found

    def _abandon(self, request: TaskRequest, starting: asyncio.Future[Json]) -> None:
        if not starting.cancelled() and starting.exception() is None:
            self._threads.submit(self._stop, request, starting.result()["ExecutionArn"])

    def _stop(self, request: TaskRequest, arn: str) -> None:
        """StopExecution as AWS does it for a task that is over; its role may not let it."""
        cause = (
            f"The Task state in AWS Step Functions execution [{request.execution_arn}] "
            "which was managing this resource was aborted"
        )
        # Once all executions have ended with the service, there is none to stop.
        with contextlib.suppress(StoppedError):
            try:
                self._authorizer.check(request.role_arn, "states:StopExecution", arn, {})
                self._executions.call("StopExecution", {"executionArn": arn, "cause": cause})
            except (ApiError, PermissionError) as error:
                log.warning("%s is not stopped: %s", arn, error)


def as_result(description: dict[str, Any]) -> dict[str, Any]:
    """DescribeExecution as a task's result: PascalCase, in order of names, epoch milliseconds."""
    named = {name[:1].upper() + name[1:]: value for name, value in description.items()}
    result: dict[str, Any] = {
        name: {"Included": value["included"]} if name.endswith("Details") else value
        for name, value in sorted(named.items())
    }
    return result | {name: round(result[name] * 1000) for name in DATES & result.keys()}


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
