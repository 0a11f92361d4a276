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
    from local.stepfunctions.keeping import InMemory
    from local.stepfunctions.store import Parameters

_RANDOM_BYTES = 32


class Tokens:
    """The open tokens; the three operations that answer them.

    A token is signed, so that one whose task is over is told from one that never was, without
    keeping any that are closed.
    """

    def __init__(self, keeper: InMemory) -> None:
        self._keeper = keeper
        self._key = keeper.token_key()
        self._open: dict[str, TaskToken] = {}

    def open(self, execution_arn: str, value: str | None = None) -> TaskToken:
        """A new token for a task of that execution; nobody can guess it.

        `value` is that of a task which waited when this process began: its answer may be there.
        """
        body = secrets.token_bytes(_RANDOM_BYTES) + execution_arn.encode()
        token = TaskToken(value or base64.b64encode(self._signature(body) + body).decode())
        self._open[token.value] = token
        answer = self._keeper.answer(value) if value else None
        if answer is not None:
            _set(token, answer)
        return token

    def close(self, token: TaskToken) -> None:
        """The task ended, by an answer or by a time limit."""
        if self._open.pop(token.value, None) is not None and token.result.done():
            self._keeper.token_closed(token.value)

    def success(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskSuccess."""
        try:
            output = json.loads(parameters["output"])
        except (ValueError, RecursionError) as error:
            raise ApiError("InvalidOutput", f"Invalid Output: '{error}'") from error
        self._answer(parameters, {"output": output})
        return {}

    def failure(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskFailure: what it does not say, the events do not say either."""
        self._answer(parameters, {name: parameters.get(name) for name in ("error", "cause")})
        return {}

    def heartbeat(self, parameters: Parameters) -> dict[str, Any]:
        """SendTaskHeartbeat."""
        self._waiting(parameters).beat.set()
        return {}

    def _answer(self, parameters: Parameters, answer: dict[str, Any]) -> None:
        token = self._waiting(parameters)
        self._keeper.answered(token.value, answer)
        _set(token, answer)

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


def _set(token: TaskToken, answer: dict[str, Any]) -> None:
    if "output" in answer:
        token.result.set_result(answer["output"])
    else:
        token.result.set_exception(TaskFailed(answer["error"], answer["cause"]))
