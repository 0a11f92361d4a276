"""What a state's function wrote for one execution, found among all that it wrote at that time.

A log stream holds one call after another, each between its START and REPORT lines, which name
the request. The history names the requests, too: in the answer of the call, or in its error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline.errors import NotFoundError, code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.console.views.execution_view import ExecutionView
    from ops.pipeline.deployment import Deployment

MOST: Final = 3000
"""Log events that are looked through."""
MARGIN_MS: Final = 2000
"""Function's and state machine's clocks, and the REPORT line after the answer."""
SLACK: Final = timedelta(milliseconds=100)
REQUEST: Final = re.compile(r"RequestId: ([0-9a-f-]{36})")


@dataclass
class FunctionCall:
    """One call of the function: its request, and its lines with their times."""

    request: str
    lines: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass(frozen=True)
class FunctionLogs:
    """The calls. `sure`: whether the history names them; else they only ran at that time."""

    calls: list[FunctionCall]
    sure: bool


def logs_of(deployment: Deployment, view: ExecutionView, name: str) -> FunctionLogs:
    """The calls that a state of an execution made.

    Raises:
        NotFoundError: the state runs no function.
    """
    function = function_of(view.machine.definition, name)
    visits = view.runs(name)
    if function is None or not visits:
        raise NotFoundError(f"{name} ran no function")
    now = datetime.now(UTC)
    begin = min(run.entered for run in visits)
    end = max(run.exited or view.details.stopped or now for run in visits)
    calls = calls_of(islice(_events(deployment, function, begin, end), MOST))
    texts = " ".join(_texts(view.events))
    named = [call for call in calls if call.request in texts or _mentions(call, view.details.arn)]
    about = [call for call in calls if begin - SLACK <= call.lines[0][0] <= end + SLACK]
    return FunctionLogs(named or about, bool(named))


def _events(deployment: Deployment, function: str, begin: datetime, end: datetime) -> Iterator[Any]:
    pages = deployment.clients.logs.get_paginator("filter_log_events").paginate(
        logGroupName=_group(deployment, function),
        startTime=int(begin.timestamp() * 1000) - MARGIN_MS,
        endTime=int(end.timestamp() * 1000) + MARGIN_MS,
    )
    try:
        for page in pages:
            yield from page["events"]
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise


def _group(deployment: Deployment, function: str) -> str:
    found = deployment.clients.functions.get_function_configuration(FunctionName=function)
    group = found.get("LoggingConfig", {}).get("LogGroup")
    return group or f"/aws/lambda/{found['FunctionName']}"


def calls_of(events: Iterable[Any]) -> list[FunctionCall]:
    """Log events sorted into calls, in order; lines before a stream's first START are no call's."""
    open_: dict[str, FunctionCall] = {}
    calls: list[FunctionCall] = []
    for event in events:
        stream, line = event["logStreamName"], event["message"].rstrip()
        request = REQUEST.search(line)
        if request and line.startswith("START"):
            open_[stream] = FunctionCall(request[1])
            calls.append(open_[stream])
        if stream in open_:
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            open_[stream].lines.append((at, line))
    return calls


def _mentions(call: FunctionCall, arn: str) -> bool:
    return any(arn in line for _, line in call.lines)


def _texts(events: list[Any]) -> Iterator[str]:
    """What tasks answered, and how they failed."""
    for event in events:
        for name, details in event.items():
            if name.endswith("EventDetails"):
                yield str(details.get("output", ""))
                yield str(details.get("cause", ""))


def function_of(definition: dict[str, Any], name: str) -> str | None:
    """The name or ARN of the function that a state runs, wherever in the definition it is."""
    for state_name, state in definition["States"].items():
        if state_name == name:
            arguments = state.get("Arguments", state.get("Parameters", {}))
            return arguments.get("FunctionName") if isinstance(arguments, dict) else None
        processor = state.get("ItemProcessor") or state.get("Iterator")
        for each in [*state.get("Branches", ()), *filter(None, [processor])]:
            found = function_of(each, name)
            if found:
                return found
    return None
