"""Task tokens: who waits for SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any

from local.asl import TaskFailed, TaskToken
from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from local.stepfunctions.store import Parameters

_RANDOM_BYTES = 32


class Tokens:
    """The open tokens; the three operations that answer them.

    A token is signed, so that one whose task is over is told from one that never was, without
    keeping any that are closed.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(_RANDOM_BYTES)
        self._open: dict[str, TaskToken] = {}

    def open(self, execution_arn: str) -> TaskToken:
        """A new token for a task of that execution; nobody can guess it."""
        body = secrets.token_bytes(_RANDOM_BYTES) + execution_arn.encode()
        token = TaskToken(base64.b64encode(self._signature(body) + body).decode())
        self._open[token.value] = token
        return token

    def close(self, token: TaskToken) -> None:
        """The task ended, by an answer or by a time limit."""
        self._open.pop(token.value, None)

    def success(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskSuccess."""
        try:
            output = json.loads(parameters["output"])
        except (ValueError, RecursionError) as error:
            raise ApiError("InvalidOutput", f"Invalid Output: '{error}'") from error
        self._waiting(parameters).result.set_result(output)
        return {}

    def failure(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskFailure."""
        failed = TaskFailed(parameters.get("error", ""), parameters.get("cause", ""))
        self._waiting(parameters).result.set_exception(failed)
        return {}

    def heartbeat(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskHeartbeat."""
        self._waiting(parameters).beat.set()
        return {}

    def _waiting(self, parameters: Parameters) -> TaskToken:
        value = parameters["taskToken"]
        token = self._open.get(value)
        if token is not None and not token.result.done():
            return token
        if token is not None or self._is_ours(value):
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")

    def _is_ours(self, value: str) -> bool:
        try:
            signed = base64.b64decode(value, validate=True)
        except (ValueError, binascii.Error):
            return False
        size = len(self._signature(b""))
        return hmac.compare_digest(signed[:size], self._signature(signed[size:]))

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")
