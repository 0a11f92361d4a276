"""The interpreter's world on this machine: Lambda workers, and every other service in process."""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from local.integrations import aws_sdk, lambda_invoke, s3_direct
from local.integrations.nested_executions import PATTERNS, NestedExecutions

if TYPE_CHECKING:
    from local.asl import Json, TaskRequest
    from local.credentials import Callers
    from local.events.bus import Bus
    from local.http.in_process import InProcess
    from local.iam.authorizer import Authorizer
    from local.integrations.nested_executions import FollowedExecutions
    from local.lambda_runtime.pool import Pool

THREADS = 32


class LocalWorld:
    """Answers the tasks of all executions."""

    def __init__(
        self, pool: Pool, clients: InProcess, callers: Callers, bus: Bus, authorizer: Authorizer
    ) -> None:
        self.random = random.Random()
        self._pool = pool
        self._clients = clients
        self._callers = callers
        self._bus = bus
        self._authorizer = authorizer
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tasks")
        self._nested: NestedExecutions | None = None

    def follow(self, executions: FollowedExecutions) -> None:
        """Who to ask for executions that tasks start and wait for."""
        self._nested = NestedExecutions(executions, self._authorizer, self._threads)

    def __hash__(self) -> int:
        return id(self)

    def now(self) -> float:
        """The time now, in epoch seconds."""
        return time.time()

    def status_changed(self, detail: dict[str, Any]) -> None:
        """Tell the bus of an execution's new status."""
        kind = "Step Functions Execution Status Change"
        self._bus.publish("aws.states", kind, detail, [detail["executionArn"]])

    async def invoke(self, request: TaskRequest) -> Json:
        """Make the call in a thread; a started execution is waited for without one."""
        make = self._lambda if _is_invoke(request) else self._service
        loop = asyncio.get_running_loop()
        if request.began is not None:
            answer: asyncio.Future[Json] = loop.create_future()
            answer.set_result(request.began)
        else:
            answer = loop.run_in_executor(self._threads, make, request)
        if self._nested is not None and request.pattern in PATTERNS:
            return await self._nested.result(request, answer)
        return await answer

    def stop(self) -> None:
        """Make no more calls."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _lambda(self, request: TaskRequest) -> Json:
        return lambda_invoke.invoke(self._pool, self._authorizer, request)

    def _service(self, request: TaskRequest) -> Json:
        caller = self._callers.of_role(request.role_arn)
        answer = s3_direct.result_of(self._clients, request, caller)
        if answer is not None:
            return answer
        return aws_sdk.call(request, lambda service: self._clients.client(service, caller))


def _is_invoke(request: TaskRequest) -> bool:
    return (request.service, request.action, request.integration) == (
        "lambda",
        "invoke",
        "optimized",
    )
