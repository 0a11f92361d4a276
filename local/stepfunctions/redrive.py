"""Which executions can be redriven (API reference, RedriveExecution; developer guide)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from local.stepfunctions.store import Record

DAY = 86_400.0
WINDOW = 14 * DAY
LONGEST_OPEN = 365 * DAY
MOST_EVENTS = 24_999


def reason_against(record: Record, now: float) -> str | None:
    """Why an execution cannot be redriven; None if it can."""
    closed = record.stop if record.stop is not None else now
    child = record.identity.map_run_arn is not None
    reasons = {
        "Execution is a child workflow execution of a Map Run; redrive its parent": child,
        f"Execution is {record.status} and cannot be redriven": record.status
        in {"RUNNING", "SUCCEEDED"},
        "Execution is past the redrivable period": now - closed > WINDOW,
        "Execution has been open for more than a year": now - record.identity.start_time
        > LONGEST_OPEN,
        "Execution event history limit exceeded": record.history.count >= MOST_EVENTS,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def check_redrivable(record: Record, now: float) -> None:
    """Refuse what cannot be redriven.

    Raises:
        ApiError: ExecutionNotRedrivable, with the reason.
    """
    reason = reason_against(record, now)
    if reason is not None:
        raise ApiError("ExecutionNotRedrivable", reason)


def redrive_status(record: Record, now: float) -> dict[str, Any]:
    """What DescribeExecution says of it."""
    reason = reason_against(record, now)
    if record.identity.map_run_arn is not None and record.status not in {"RUNNING", "SUCCEEDED"}:
        return {"redriveStatus": "REDRIVABLE_BY_MAP_RUN", "redriveStatusReason": reason}
    if reason is None:
        return {"redriveStatus": "REDRIVABLE"}
    return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
