"""Executions as the API and its events show them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.asl import Outcome
from local.stepfunctions.history_events import events_of
from local.stepfunctions.redrive import redrive_status

if TYPE_CHECKING:
    from local.stepfunctions.store import Record

EVENT_LIMIT_BYTES = 248 * 1024
"""Input and output together, escaped (Step Functions guide, "EventBridge payloads")."""

Shown = dict[str, Any]


def data_of(record: Record) -> tuple[str, Outcome]:
    """An execution's input, and how it ended."""
    if record.execution is not None:
        return record.execution.input_json, record.outcome or Outcome("RUNNING")
    events = events_of(record)
    started, ended = events[0], events[-1]
    kind = ended["type"]
    found = ended.get(f"{kind[:1].lower()}{kind[1:]}EventDetails", {})
    error = None if record.status == "TIMED_OUT" else found.get("error")
    outcome = Outcome(_status(record), found.get("output"), error, found.get("cause"))
    return started["executionStartedEventDetails"]["input"], outcome


def _status(record: Record) -> Any:
    return record.status


def summary(record: Record) -> Shown:
    """An execution as ListExecutions shows it."""
    shown = {
        "executionArn": record.arn,
        "stateMachineArn": record.listing.machine_arn,
        "name": record.name,
        "status": record.status,
        "startDate": record.start,
        "stopDate": record.stop,
        "mapRunArn": record.listing.map_run_arn,
        "stateMachineVersionArn": record.version_arn,
        "stateMachineAliasArn": record.alias_arn,
        "redriveCount": record.redrive_count,
        "redriveDate": record.redrive_date,
    }
    return present(shown)


def description(record: Record, now: float, *, data: bool = True) -> Shown:
    """An execution as DescribeExecution shows it."""
    given, outcome = data_of(record)
    shown = summary(record) | {
        "error": outcome.error,
        "cause": outcome.cause,
        "traceHeader": record.trace_header,
        **redrive_status(record, now),
    }
    if data:
        shown |= {"input": given, "inputDetails": {"included": True}, "output": outcome.output}
        shown["outputDetails"] = None if outcome.output is None else {"included": True}
    return present(shown)


def status_detail(record: Record, now: float) -> Shown:
    """The detail of a status change event: what is not there is null, times are in epoch ms."""
    given, outcome = data_of(record)
    given_fits, output_fits = _fitting(given, outcome.output)
    status = redrive_status(record, now)
    return {
        "executionArn": record.arn,
        "stateMachineArn": record.listing.machine_arn,
        "name": record.name,
        "status": record.status,
        "startDate": _milliseconds(record.start),
        "stopDate": _milliseconds(record.stop),
        "input": given if given_fits else None,
        "output": outcome.output if output_fits else None,
        "stateMachineVersionArn": record.version_arn,
        "stateMachineAliasArn": record.alias_arn,
        "redriveCount": record.redrive_count,
        "redriveDate": _milliseconds(record.redrive_date),
        "redriveStatus": status["redriveStatus"],
        "redriveStatusReason": status.get("redriveStatusReason"),
        "inputDetails": {"included": given_fits},
        "outputDetails": None if outcome.output is None else {"included": output_fits},
        "error": outcome.error,
        "cause": outcome.cause,
    }


def present(shown: Shown) -> Shown:
    """Without what is None."""
    return {name: value for name, value in shown.items() if value is not None}


def _fitting(given: str, output: str | None) -> tuple[bool, bool]:
    """Which of the two fit into an event: the input goes first."""
    sizes = [_escaped_size(text or "") for text in (given, output)]
    return sum(sizes) <= EVENT_LIMIT_BYTES, sizes[1] <= EVENT_LIMIT_BYTES


def _escaped_size(text: str) -> int:
    """Bytes of a text as a JSON string without its quotes."""
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace")) - 2


def _milliseconds(moment: float | None) -> int | None:
    return None if moment is None else round(moment * 1000)
