"""Task: one call to a service, with its time limits, and the events that tell of it."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any

from local.asl.model.errors import TIMEOUT, NoHeartbeatError, StateError
from local.asl.model.ports import TaskFailed, TaskRequest
from local.asl.model.resources import Resource, parse
from local.asl.model.values import SECONDS_MAX, dumps, limited

if TYPE_CHECKING:
    from local.asl.model.ports import Json, TaskToken
    from local.asl.runtime.exit import Exit
    from local.asl.runtime.visit import Visit

resource_of = functools.lru_cache(512)(parse)


async def task(visit: Visit) -> Exit:
    """Make the call and hand its result on.

    Raises:
        StateError: the call failed, or took longer than TimeoutSeconds or HeartbeatSeconds.
    """
    resource = resource_of(visit.state["Resource"])
    waiting = resource.pattern == "wait_for_task_token"
    supervisor, run = visit.branch.run.supervisor, visit.branch.run
    token = supervisor.open_token(run.identity.arn) if waiting else None
    visit.token = token.value if token else None
    try:
        result = await _Call(visit, resource).make(token)
    finally:
        if token is not None:
            supervisor.close_token(token)
    return visit.leave(result, result=result)


class _Call:
    """One attempt: the request, its limits and its events."""

    def __init__(self, visit: Visit, resource: Resource) -> None:
        self.visit = visit
        self.resource = resource
        self.function = resource.function
        self.arguments = visit.field("Arguments", visit.input)
        self.timeout = _limit(visit, "TimeoutSeconds")
        self.heartbeat = _limit(visit, "HeartbeatSeconds")
        self.role: str | None = visit.field("Credentials", {}).get("RoleArn")
        self.details = (
            {} if self.function else {"resource": resource.name, "resourceType": resource.type}
        )

    async def make(self, token: TaskToken | None) -> Json:
        """Schedule, start, wait, and say in the history how it went."""
        self._scheduled()
        self._record("Started")
        try:
            async with asyncio.timeout(self.timeout) as limit:
                result = await self._result(token)
        except NoHeartbeatError:
            self._record("TimedOut", error=TIMEOUT)
            raise
        except TimeoutError as error:
            if not limit.expired():
                raise
            self._record("TimedOut", error=TIMEOUT)
            raise StateError(TIMEOUT, None) from error
        except TaskFailed as failed:
            self._record("Failed", error=failed.error, cause=failed.cause)
            raise StateError(failed.error, failed.cause) from failed
        text = limited(result, f"The state/task '{self.resource.arn}'")
        self._record("Succeeded", output=text)
        return result

    async def _result(self, token: TaskToken | None) -> Json:
        run = self.visit.branch.run
        answer = await run.world.invoke(self._request())
        if token is None:
            return answer["Payload"] if self.function else answer
        self._submitted(answer)
        return await _answer_of(token, self.heartbeat)

    def _request(self) -> TaskRequest:
        identity = self.visit.branch.run.identity
        arguments = self.arguments
        if self.function:
            arguments = {"FunctionName": self.function, "Payload": self.arguments}
        return TaskRequest(
            service=self.resource.service,
            action=self.resource.action,
            arguments=arguments,
            integration=self.resource.integration,
            pattern=self.resource.pattern,
            resource=self.resource.arn,
            role_arn=self.role or identity.role_arn,
            execution_arn=identity.arn,
            submitted=self._submitted,
        )

    def _scheduled(self) -> None:
        text = limited(self.arguments, f"The arguments of '{self.visit.name}'")
        details: dict[str, Any] = {"resource": self.function, "input": text}
        if not self.function:
            region = self.visit.branch.run.identity.state_machine_arn.split(":")[3]
            details = {**self.details, "region": region, "parameters": text}
        limits = {"timeoutInSeconds": self.timeout, "heartbeatInSeconds": self.heartbeat}
        details |= {name: seconds for name, seconds in limits.items() if seconds is not None}
        if self.role:
            details["taskCredentials"] = {"roleArn": self.role}
        self._record("Scheduled", **details)

    def _submitted(self, answer: Json) -> None:
        self._record("Submitted", output=dumps(answer))

    def _record(self, what: str, **details: Json) -> None:
        kind = f"LambdaFunction{what}" if self.function else f"Task{what}"
        known = {key: text for key, text in details.items() if text is not None}
        self.visit.branch.record(kind, {**self.details, **known} or None)


def _limit(visit: Visit, name: str) -> float | None:
    return visit.number(name, least=1, most=SECONDS_MAX) if name in visit.state else None


async def _answer_of(token: TaskToken, heartbeat: float | None) -> Json:
    """What SendTaskSuccess gave; each heartbeat starts the limit anew."""
    while True:
        beat = asyncio.ensure_future(token.beat.wait())
        try:
            done, _ = await asyncio.wait(
                {token.result, beat}, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            beat.cancel()
        token.beat.clear()
        if token.result in done:
            return token.result.result()
        if not done:
            raise NoHeartbeatError
