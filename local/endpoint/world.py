"""The interpreter's world on this machine: Lambda workers, and every other service in process."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from local.asl import TaskFailed
from local.endpoint import direct
from local.endpoint.children import PATTERNS, Children
from local.lambda_runtime.functions import FunctionNotFound
from local.lambda_runtime.pool import TooManyRequests

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl import Json, TaskRequest
    from local.endpoint.callers import Callers
    from local.endpoint.children import Executions
    from local.endpoint.inprocess import InProcess
    from local.events.bus import Bus
    from local.iam.gate import Gate
    from local.lambda_runtime.pool import Pool

THREADS = 32
CLIENTS = {"states": "stepfunctions", "sfn": "stepfunctions"}
ERROR_PREFIXES = {"sqs": "SQS", "sns": "SNS", "states": "StepFunctions", "sfn": "Sfn"}
GENERIC_ERRORS = {
    "s3": "S3Exception",
    "sqs": "AmazonSQSException",
    "sns": "AmazonSNSException",
    "states": "AWSStepFunctionsException",
}
"""What an error is called that the service's API model does not name, a throttled call's too."""


class LocalWorld:
    """Answers the tasks of all executions."""

    def __init__(
        self, pool: Pool, clients: InProcess, callers: Callers, bus: Bus, gate: Gate
    ) -> None:
        self.random = random.Random()
        self._pool = pool
        self._clients = clients
        self._callers = callers
        self._bus = bus
        self._gate = gate
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tasks")
        self._children: Children | None = None

    def follow(self, executions: Executions) -> None:
        """Who to ask for executions that tasks start and wait for."""
        self._children = Children(executions, self._gate, self._threads)

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
        answer = loop.run_in_executor(self._threads, make, request)
        if self._children is not None and request.pattern in PATTERNS:
            return await self._children.result(request, answer)
        return await answer

    def stop(self) -> None:
        """Make no more calls."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _lambda(self, request: TaskRequest) -> Json:
        name = request.arguments["FunctionName"]
        try:
            arn = self._pool.functions.find(name).arn
            self._gate.check(request.role_arn, "lambda:InvokeFunction", arn, {})
            payload = request.arguments.get("Payload", {})
            answer = self._pool.invoke(name, json.dumps(payload, ensure_ascii=False).encode())
        except FunctionNotFound as error:
            text = f"Function not found: {error}"
            raise TaskFailed("Lambda.ResourceNotFoundException", text) from error
        except TooManyRequests as error:
            raise TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.") from error
        except PermissionError as error:
            raise TaskFailed("Lambda.AWSLambdaException", str(error)) from error
        result = json.loads(answer.payload)
        if answer.function_error is not None:
            raise TaskFailed(result.get("errorType", "Error"), answer.payload.decode())
        return {"ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": answer.status}

    def _service(self, request: TaskRequest) -> Json:
        caller = self._callers.of_role(request.role_arn)
        answer = direct.answered(self._clients, request, caller)
        if answer is not None:
            return answer
        service = CLIENTS.get(request.service, request.service)
        client = self._clients.client(service, caller)
        method = getattr(client, snake(request.action), None)
        if method is None:
            text = f"there is no action {request.service}:{request.action}"
            raise TaskFailed("States.Runtime", text)
        try:
            answer = method(**arguments_of(request, client))
        except ClientError as error:
            raise failure_of(request.service, error) from error
        return shown(answer, milliseconds if _is_optimized_states(request) else iso)


def _is_invoke(request: TaskRequest) -> bool:
    return (request.service, request.action, request.integration) == (
        "lambda",
        "invoke",
        "optimized",
    )


def snake(action: str) -> str:
    """boto3's method for an action: listObjectsV2 is list_objects_v2."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", action)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", spaced).lower()


def arguments_of(request: TaskRequest, client: Any) -> dict[str, Any]:
    """The SDK's parameters of a task's arguments: JSON where the service takes text or bytes."""
    shape: Any = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[snake(request.action)]
    ).input_shape
    members = shape.members if shape is not None else {}
    by_name = {name.lower(): name for name in members}
    arguments = {}
    for given, value in request.arguments.items():
        name = by_name.get(given.lower(), given)
        wanted = members[name].type_name if name in members else None
        plain = isinstance(value, str) or wanted not in {"string", "blob"}
        text = value if plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        arguments[name] = text.encode() if wanted == "blob" and isinstance(text, str) else text
    return arguments


def failure_of(service: str, error: ClientError) -> TaskFailed:
    """The name that Step Functions gives an error of a service's SDK.

    Only errors of the API's model have a class of their own in an SDK; all others, such as those
    of a service that throttles, is unavailable or refuses, share the service's generic one.
    """
    prefix = ERROR_PREFIXES.get(service, service[:1].upper() + service[1:])
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    generic = GENERIC_ERRORS.get(service, f"{prefix}Exception")
    name = generic if type(error) is ClientError else type(error).__name__
    name = name if name.endswith("Exception") else f"{name}Exception"
    text = (
        f"{error.response['Error'].get('Message', '')} (Service: {prefix}, Status Code: {status})"
    )
    return TaskFailed(f"{prefix}.{name}", text)


def _is_optimized_states(request: TaskRequest) -> bool:
    return (request.service, request.integration) == ("states", "optimized")


def milliseconds(moment: datetime) -> int:
    """A time as the optimized integration of Step Functions shows it."""
    return round(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """A time as SDK integrations show it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(value: Any, date: Callable[[datetime], Json] = iso) -> Json:
    """An SDK's answer as Step Functions shows it: PascalCase, no HTTP metadata."""
    if isinstance(value, dict):
        named = ((key, inner) for key, inner in value.items() if key != "ResponseMetadata")
        return {key[:1].upper() + key[1:]: shown(inner, date) for key, inner in named}
    if isinstance(value, list):
        return [shown(inner, date) for inner in value]
    if isinstance(value, datetime):
        return date(value)
    if isinstance(value, StreamingBody):
        return value.read().decode()
    return value.decode() if isinstance(value, bytes) else value
