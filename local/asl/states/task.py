"""Task: one call to a service, with its time limits, and the events that tell of it."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import EvaluationError
from local.asl.model.errors import (
    RUNTIME,
    TIMEOUT,
    NoHeartbeatError,
    ResultTooLargeError,
    StateError,
)
from local.asl.model.integrations import argument_problems
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
    token = _token(visit) if resource.pattern == "wait_for_task_token" else None
    try:
        if visit.call is None:
            call = Call(visit, resource)
            call.begin()
            visit.call = call
        visit.branch.run.keep()
        result = await visit.call.finish(token)
    finally:
        visit.call = None
        if token is not None:
            visit.branch.run.supervisor.close_token(token)
    return visit.leave(result, result=result)


def _token(visit: Visit) -> TaskToken:
    """The attempt's token: a new one, but for an attempt that goes on."""
    run = visit.branch.run
    if visit.call is not None:
        return run.supervisor.open_token(run.identity.arn, visit.token)
    token = run.supervisor.open_token(run.identity.arn)
    visit.token = token.value
    return token


class Call:
    """One attempt: the request, its limits and its events.

    Its events and `deadline` (epoch seconds) are those of its begin, if it is made again because
    the answer was lost. `answer` is what a job or a waiting task answered that began.
    """

    def __init__(self, visit: Visit, resource: Resource) -> None:
        self.visit = visit
        self.resource = resource
        self.function = resource.function
        self.arguments = visit.field("Arguments", visit.input)
        self._check_arguments()
        self.timeout = _limit(visit, "TimeoutSeconds")
        self.heartbeat = _limit(visit, "HeartbeatSeconds")
        self.role = _role(visit)
        self.details = (
            {} if self.function else {"resource": resource.name, "resourceType": resource.type}
        )
        self.attempt = ""
        self.deadline: float | None = None
        self.answer: Json = None

    def _check_arguments(self) -> None:
        """An expression may give other arguments than the action takes."""
        if self.function or self.resource.integration == "aws-sdk":
            return
        problems = ["The arguments must be an object"]
        if isinstance(self.arguments, dict):
            service, action = self.resource.service, self.resource.action
            problems = argument_problems(service, action, self.arguments)
        if problems:
            raise StateError(
                RUNTIME,
                f"{self.visit.where} The Arguments '{dumps(self.arguments)}' could not be used to "
                f"start the Task: [{', '.join(problems)}]",
            )

    def begin(self) -> None:
        """Schedule it and start it, in the history."""
        run = self.visit.branch.run
        number = self._scheduled()
        self.attempt = f"{run.identity.arn}#{number}"
        self._record("Started")
        if self.timeout is not None:
            self.deadline = run.world.now() + self.timeout

    async def finish(self, token: TaskToken | None) -> Json:
        """Wait for the answer, and say in the history how it went."""
        try:
            async with asyncio.timeout(self._seconds_left()) as limit:
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
        self._record("Succeeded", output=self._limited(result))
        return result

    def _limited(self, result: Json) -> str:
        try:
            return limited(result, f"The state/task '{self.function or self.resource.type}'")
        except StateError as over:
            self._record("Failed", error=over.error, cause=over.cause)
            raise ResultTooLargeError(over.cause) from over

    async def _result(self, token: TaskToken | None) -> Json:
        run = self.visit.branch.run
        if token is None or self.answer is None:
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
            began=self.answer,
            attempt=self.attempt,
        )

    def _seconds_left(self) -> float | None:
        if self.deadline is None:
            return None
        return max(0.0, self.deadline - self.visit.branch.run.world.now())

    def _scheduled(self) -> int:
        text = limited(self.arguments, f"The arguments of '{self.visit.name}'")
        details: dict[str, Any] = {"resource": self.function, "input": text}
        if not self.function:
            region = self.visit.branch.run.identity.state_machine_arn.split(":")[3]
            details = {**self.details, "region": region, "parameters": text}
        limits = {"timeoutInSeconds": self.timeout, "heartbeatInSeconds": self.heartbeat}
        details |= {name: seconds for name, seconds in limits.items() if seconds is not None}
        if self.role:
            details["taskCredentials"] = {"roleArn": self.role}
        return self._record("Scheduled", **details)

    def _submitted(self, answer: Json) -> None:
        if self.answer is None:
            self._record("Submitted", output=dumps(answer))
            self.answer = answer
            self.visit.branch.run.keep()

    def _record(self, what: str, **details: Json) -> int:
        kind = f"LambdaFunction{what}" if self.function else f"Task{what}"
        known = {key: text for key, text in details.items() if text is not None}
        return self.visit.branch.record(kind, {**self.details, **known} or None)


def _role(visit: Visit) -> str | None:
    """The role that the call is made by, if it is another than the machine's."""
    if "Credentials" not in visit.state:
        return None
    role = visit.field("Credentials")["RoleArn"]
    if isinstance(role, str):
        return role
    where = "Credentials/RoleArn"
    message = f"{visit.where} The field '{where}' must be a string, but was: {dumps(role)}"
    raise EvaluationError(message, where)


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
