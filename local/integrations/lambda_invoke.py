"""`lambda:invoke`: a function called by a task, waited for or not."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from local.asl import TaskFailed
from local.lambda_runtime.asynchronous import call_later
from local.lambda_runtime.functions import FunctionNotFound
from local.lambda_runtime.http_api import LOG_TAIL_BYTES
from local.lambda_runtime.pool import TooManyRequests

if TYPE_CHECKING:
    from local.asl import Json, TaskRequest
    from local.iam.authorizer import Authorizer
    from local.lambda_runtime.answers import Answer
    from local.lambda_runtime.pool import Pool

ENUMS = {"InvocationType": ("RequestResponse", "Event", "DryRun"), "LogType": ("None", "Tail")}
ACCEPTED, NO_CONTENT = 202, 204


def invoke(pool: Pool, authorizer: Authorizer, request: TaskRequest) -> Json:
    """Call the function as the task's role may; the result as Step Functions shows it.

    Raises:
        TaskFailed: Lambda refused the call, or the function failed.
    """
    given = request.arguments
    name = _qualified(given)
    try:
        _check(given)
        arn = pool.functions.find(name).arn
        authorizer.check(request.role_arn, "lambda:InvokeFunction", arn, {})
        return _called(pool, name, given)
    except FunctionNotFound as error:
        text = f"Function not found: {error}"
        raise TaskFailed("Lambda.ResourceNotFoundException", text) from error
    except TooManyRequests as error:
        raise TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.") from error
    except PermissionError as error:
        raise TaskFailed("Lambda.AWSLambdaException", str(error)) from error


def _qualified(given: dict[str, Any]) -> str:
    name, qualifier = str(given["FunctionName"]), given.get("Qualifier")
    return name if qualifier is None else f"{name}:{qualifier}"


def _check(given: dict[str, Any]) -> None:
    for field, values in ENUMS.items():
        if given.get(field) not in {None, *values}:
            text = (
                f"1 validation error detected: Value '{given[field]}' at "
                f"'{field[:1].lower()}{field[1:]}' failed to satisfy constraint: Member must "
                f"satisfy enum value set: [{', '.join(values)}]"
            )
            raise TaskFailed("Lambda.AWSLambdaException", text)
    if "ClientContext" in given:
        text = "ClientContext is not handed to functions on this machine: leave it out"
        raise TaskFailed("Lambda.AWSLambdaException", text)


def _called(pool: Pool, name: str, given: dict[str, Any]) -> Json:
    event = json.dumps(given.get("Payload", {}), ensure_ascii=False).encode()
    kind = given.get("InvocationType")
    if kind == "DryRun":
        return {"StatusCode": NO_CONTENT}
    if kind == "Event":
        call_later(pool, name, event)
        return {"StatusCode": ACCEPTED}
    answer = pool.invoke(name, event)
    result = json.loads(answer.payload)
    if answer.function_error is not None:
        raise TaskFailed(result.get("errorType", "Error"), answer.payload.decode())
    shown = {"ExecutedVersion": answer.version, "Payload": result, "StatusCode": answer.status}
    return shown | (_log(answer) if given.get("LogType") == "Tail" else {})


def _log(answer: Answer) -> dict[str, str]:
    tail = "\n".join(answer.log).encode()[-LOG_TAIL_BYTES:]
    return {"LogResult": base64.b64encode(tail).decode()}
