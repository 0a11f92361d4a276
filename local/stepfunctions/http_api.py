"""Step Functions over HTTP: JSON 1.0, the operation in a header."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from local.http.messages import Answer, body_of
from local.stepfunctions import ApiError

if TYPE_CHECKING:
    from local.http.messages import Environ
    from local.stepfunctions import StepFunctions

HEADERS = [("Content-Type", "application/x-amz-json-1.0")]


class StatesService:
    """Answers requests signed for `states`."""

    def __init__(self, states: StepFunctions) -> None:
        self._states = states

    def answer(self, environ: Environ) -> Answer:
        """Do the operation; its refusal is an answer, too."""
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        try:
            answer: Any = self._states.call(operation, json.loads(body_of(environ) or b"{}"))
            status = HTTPStatus.OK
        except ApiError as error:
            answer = {"__type": error.code, "message": error.message}
            status = HTTPStatus.BAD_REQUEST
        except json.JSONDecodeError as error:
            answer = {"__type": "SerializationException", "message": str(error)}
            status = HTTPStatus.BAD_REQUEST
        return Answer(status, list(HEADERS), json.dumps(answer).encode())
