"""Which executions can be redriven (API reference, DescribeExecution and RedriveExecution)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from local.stepfunctions.store import Record

DAY = 86_400.0
WINDOW = 14 * DAY
LONGEST_OPEN = 365 * DAY
EVENTS = 24_999
"""An execution must have fewer, so that what a redrive records has room."""
TOKENS = 10
TOKEN_SECONDS = 15 * 60.0


def reason_against(record: Record, now: float) -> str | None:
    """Why an execution cannot be redriven, in AWS's words; None if it can."""
    if record.status in {"RUNNING", "SUCCEEDED"}:
        return f"Execution is {record.status} and cannot be redriven"
    stop = record.stop if record.stop is not None else now
    reasons = {
        "Execution history event limit exceeded": record.events >= EVENTS,
        "Execution has exceeded the max execution time": now - record.start > LONGEST_OPEN,
        "Execution redrivable period exceeded": now - stop > WINDOW,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def check_redrivable(record: Record, now: float) -> None:
    """Refuse what cannot be redriven.

    Raises:
        ApiError: ExecutionNotRedrivable, with the reason.
    """
    reason = reason_against(record, now)
    if reason is None and record.listing.map_run_arn is not None:
        reason = "Execution is a child of a Map Run and can only be redriven by it"
    if reason is not None:
        raise ApiError("ExecutionNotRedrivable", reason)


def redrive_status(record: Record, now: float) -> dict[str, str]:
    """What DescribeExecution says of it."""
    reason = reason_against(record, now)
    if reason is not None:
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    child = record.listing.map_run_arn is not None
    return {"redriveStatus": "REDRIVABLE_BY_MAP_RUN" if child else "REDRIVABLE"}


def known_token(record: Record, token: str | None, now: float) -> float | None:
    """When the execution was redriven with that clientToken, if it was lately."""
    moment = (record.redrive_tokens or {}).get(token or "")
    return moment if moment is not None and now - moment <= TOKEN_SECONDS else None


def keep_token(record: Record, token: str | None, now: float) -> None:
    """Keep the clientToken of a redrive, among the last few."""
    if token is not None:
        kept = list((record.redrive_tokens or {}).items())[1 - TOKENS :]
        record.redrive_tokens = {**dict(kept), token: now}
