"""A task's call by the SDK: its arguments, its answer and its errors as Step Functions has them."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody

from local.asl import TaskFailed
from local.stepfunctions.arguments import problems_of_call
from local.stepfunctions.integration_names import client_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import Shape

    from local.asl import Json, TaskRequest

ERROR_PREFIXES = {
    "sqs": "SQS",
    "sns": "SNS",
    "states": "StepFunctions",
    "sfn": "Sfn",
    "events": "EventBridge",
    "eventbridge": "EventBridge",
    "dynamodb": "DynamoDb",
    "cloudwatchlogs": "CloudWatchLogs",
    "secretsmanager": "SecretsManager",
}
GENERIC_ERRORS = {
    "s3": "S3Exception",
    "sqs": "AmazonSQSException",
    "sns": "AmazonSNSException",
    "states": "AWSStepFunctionsException",
}
"""What an error is called that the service's API model does not name, a throttled call's too."""


def call(request: TaskRequest, client_of: Callable[[str], Any]) -> Json:
    """Make the call with the client of that service; its result.

    Raises:
        TaskFailed: the service refused it; States.Runtime, where the service has no such action
            or parameter.
    """
    optimized = request.integration == "optimized"
    problems = problems_of_call(
        request.service, request.action, request.arguments, optimized=optimized
    )
    if problems:
        raise TaskFailed("States.Runtime", unusable(request, problems))
    client = client_of(client_name(request.service, optimized=optimized))
    method = getattr(client, snake(request.action), None)
    if method is None:
        text = f"there is no action {request.service}:{request.action}"
        raise TaskFailed("States.Runtime", text)
    try:
        answer = method(**arguments_of(request, client) | _name_of_attempt(request))
    except ClientError as error:
        raise failure_of(request.service, error, optimized=optimized) from error
    except ParamValidationError as error:
        report = str(error).split("\n")[1:]
        raise TaskFailed("States.Runtime", unusable(request, report)) from error
    if _is(request, "s3") and request.action == "getObject":
        return {"Body": answer["Body"].read()}  # an ItemReader's, which may be Parquet or gzip
    shape: Any = _operation(request, client).output_shape
    result = as_result(answer, shape, milliseconds if _is(request, "states") else iso)
    if _is(request, "events") and result.get("FailedEntryCount"):
        raise TaskFailed("EventBridge.FailedEntry", _compact(result))
    return result


def _name_of_attempt(request: TaskRequest) -> dict[str, str]:
    """A name for an execution that has none: an attempt that is made again starts no second one."""
    named = "Name" in request.arguments or not request.attempt
    if named or not _is(request, "states") or request.action != "startExecution":
        return {}
    return {"name": str(uuid.uuid5(uuid.NAMESPACE_URL, request.attempt))}


def snake(action: str) -> str:
    """boto3's method for an action: listObjectsV2 is list_objects_v2."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", action)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", spaced).lower()


def arguments_of(request: TaskRequest, client: Any) -> dict[str, Any]:
    """The SDK's parameters of a task's arguments, which are in PascalCase whatever the API says."""
    shape: Any = _operation(request, client).input_shape
    given = _traced(request) if _is(request, "events") else request.arguments
    named: dict[str, Any] = _named(given, shape) if shape is not None else given
    return named


def _operation(request: TaskRequest, client: Any) -> Any:
    """The SDK's model of the action."""
    name = client.meta.method_to_api_mapping[snake(request.action)]
    return client.meta.service_model.operation_model(name)


def _traced(request: TaskRequest) -> Json:
    """Events say in their resources who sent them (guide, "Add EventBridge events")."""
    parts = request.execution_arn.split(":")
    senders = [request.execution_arn, ":".join([*parts[:5], "stateMachine", parts[6]])]
    entries = [
        {**entry, "Resources": [*entry.get("Resources", ()), *senders]}
        for entry in request.arguments.get("Entries", ())
    ]
    return {**request.arguments, "Entries": entries}


def _named(value: Json, shape: Shape) -> Any:
    """A value as the SDK wants it: its own names, and JSON's text where the service takes text."""
    inner: Any = shape
    if shape.type_name == "structure" and isinstance(value, dict):
        members = {name[:1].upper() + name[1:]: name for name in inner.members}
        return {
            members.get(name, name): _named(each, inner.members[members[name]])
            if name in members
            else each
            for name, each in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_named(each, inner.member) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: _named(each, inner.value) for name, each in value.items()}
    if shape.type_name not in {"string", "blob"}:
        return value
    text = value if isinstance(value, str) else _compact(value)
    return text.encode() if shape.type_name == "blob" else text


def unusable(request: TaskRequest, problems: list[str]) -> str:
    """Why the arguments are none of the action's."""
    return (
        f"The Arguments '{_compact(request.arguments)}' could not be used to start the Task: "
        f"[{', '.join(problems)}]"
    )


def failure_of(service: str, error: ClientError, *, optimized: bool = False) -> TaskFailed:
    """The name that Step Functions gives an error of a service's SDK.

    Only errors of the API's model have a class of their own in an SDK; all others, such as those
    of a service that throttles, is unavailable or refuses, share the service's generic one.
    """
    prefix = ERROR_PREFIXES.get(service, service[:1].upper() + service[1:])
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    generic = GENERIC_ERRORS.get(service, f"{prefix}Exception")
    if optimized and service == "dynamodb":
        prefix, generic = "DynamoDB", "AmazonDynamoDBException"
    name = generic if type(error) is ClientError else type(error).__name__
    name = name if name.endswith("Exception") else f"{name}Exception"
    text = (
        f"{error.response['Error'].get('Message', '')} (Service: {prefix}, Status Code: {status})"
    )
    return TaskFailed(f"{prefix}.{name}", text)


def _is(request: TaskRequest, service: str) -> bool:
    """Whether it is that service's optimized integration."""
    return (request.service, request.integration) == (service, "optimized")


def milliseconds(moment: datetime) -> int:
    """A time as the optimized integration of Step Functions shows it."""
    return round(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """A time as SDK integrations show it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def as_result(value: Any, shape: Any, date: Callable[[datetime], Json] = iso) -> Json:
    """An SDK's answer as Step Functions shows it: members in PascalCase, no HTTP metadata.

    `shape` is the SDK's model of it; None of an answer that has nothing in it.
    """
    if isinstance(value, list):
        return [as_result(inner, shape.member, date) for inner in value]
    if not isinstance(value, dict):
        return date(value) if isinstance(value, datetime) else _text(value)
    if shape is not None and shape.type_name == "map":
        return {key: as_result(inner, shape.value, date) for key, inner in value.items()}
    members = {} if shape is None else shape.members
    return {
        key[:1].upper() + key[1:]: as_result(inner, members[key], date)
        for key, inner in value.items()
        if key in members
    }


def _text(value: Any) -> Json:
    """Bytes as text, and anything else as it is."""
    read = value.read() if isinstance(value, StreamingBody) else value
    return read.decode(errors="replace") if isinstance(read, bytes) else read


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
