"""What a state machine's loggingConfiguration sends to CloudWatch Logs.

The lines are those that AWS writes, but they come when an execution ended and not one by one.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local.stepfunctions.history_events import DATA, complete, events_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stepfunctions.store import Record

    Write = Callable[[str, str, str], None]
    """Appends to a log group's stream one line."""

_FATAL = {"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"}
_BAD_ENDINGS = ("Aborted", "Failed", "TimedOut")


class ExecutionLogs:
    """Writes the events of executions that ended, each once."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._suffix = secrets.token_hex(4)

    def ended(self, record: Record) -> None:
        """Write what happened since the execution began, or was redriven."""
        settings = record.revision.logging
        if settings["level"] == "OFF":
            return
        arn = settings["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
        group, stream = arn.split(":")[6], self._stream(record)
        events = events_of(record)
        begun, record.logged = record.logged, len(events)
        for event in events[begun:]:
            if _is_logged(event["type"], settings["level"]):
                line = _line(event, record, data=settings["includeExecutionData"])
                self._write(group, stream, line)

    def _stream(self, record: Record) -> str:
        machine = record.listing.machine_arn.rpartition(":")[2]
        minute = datetime.fromtimestamp(record.start, UTC).strftime("%Y-%m-%d-%H-%M")
        return f"states/{machine}/{minute}/{self._suffix}"


def _is_logged(kind: str, level: str) -> bool:
    """Step Functions guide, "Log levels for Step Functions execution events"."""
    if level == "ERROR":
        return kind == "FailStateEntered" or kind.endswith(_BAD_ENDINGS)
    return level == "ALL" or kind in _FATAL


def _line(event: dict[str, Any], record: Record, *, data: bool) -> str:
    found = [value for name, value in complete(event).items() if name.endswith("EventDetails")]
    details = found[0] if found else {}
    if not data:
        left_out = {*DATA, "parameters", *(f"{name}Details" for name in DATA)}
        details = {name: value for name, value in details.items() if name not in left_out}
    shown = {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details,
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(round(event["timestamp"] * 1000)),
        "execution_arn": record.arn,
        "redrive_count": str(record.redrive_count),
    }
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
