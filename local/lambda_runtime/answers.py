"""What Invoke answers: results, and the errors of Lambda's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.lambda_runtime.process import OutOfMemory, WorkerDied, WorkerTimeout
from local.lambda_runtime.qualifiers import LATEST


@dataclass(frozen=True)
class Answer:
    """A status, the payload's JSON, `FunctionError` if it failed, the log's tail, the version."""

    status: int
    payload: bytes
    function_error: str | None = None
    log: tuple[str, ...] = ()
    version: str = LATEST


def ended(request_id: str, timeout: float, error: Exception) -> tuple[bytes, str]:
    """The payload for a call whose process ended, and what the log says of it.

    The names and words are Lambda's (developer guide, "Troubleshoot execution issues").
    """
    if isinstance(error, WorkerTimeout):
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = f"{moment} {request_id} Task timed out after {timeout:.2f} seconds"
        return _payload("Sandbox.Timedout", text), text
    reason = "signal: killed" if isinstance(error, OutOfMemory) else _reason(error)
    said = f"exited with error: {reason}" if reason else "exited without providing a reason"
    kind = "Runtime.OutOfMemory" if isinstance(error, OutOfMemory) else "Runtime.ExitError"
    text = f"RequestId: {request_id} Error: Runtime {said}"
    return _payload(kind, text), f"{text}\n{kind}"


def not_loaded(request_id: str, head: dict[str, Any]) -> tuple[bytes, str]:
    """The payload for a call whose handler could not be loaded, and what the log says of it."""
    failed = head["error"]
    named = {
        "errorMessage": failed["errorMessage"],
        "errorType": failed["errorType"],
        "requestId": request_id,
        "stackTrace": failed["stackTrace"],
    }
    return json.dumps(named).encode(), head["log"]


def _reason(error: Exception) -> str | None:
    return error.reason if isinstance(error, WorkerDied) else str(error)


def _payload(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
