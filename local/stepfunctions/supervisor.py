"""Task tokens: who waits for SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from local.asl import TaskFailed, TaskToken
from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from local.stepfunctions.store import Parameters


class Tokens:
    """The open tokens; the three operations that answer them."""

    def __init__(self) -> None:
        self._open: dict[str, TaskToken] = {}
        self._closed: set[str] = set()

    def open(self, execution_arn: str) -> TaskToken:
        """A new token; nobody can guess it."""
        del execution_arn
        token = TaskToken(secrets.token_urlsafe(64))
        self._open[token.value] = token
        return token

    def close(self, token: TaskToken) -> None:
        """The task ended, by an answer or by a time limit."""
        if self._open.pop(token.value, None):
            self._closed.add(token.value)

    def success(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskSuccess."""
        try:
            output = json.loads(parameters["output"])
        except ValueError as error:
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
        if value in self._closed:
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        token = self._open.get(value)
        if token is None:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        if token.result.done():
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        return token
