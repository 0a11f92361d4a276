"""Lambda's Invoke over HTTP. All else of Lambda's API is moto's."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from local.endpoint.wsgi import Answer, body_of
from local.lambda_runtime.functions import FunctionNotFound
from local.lambda_runtime.pool import TooManyRequests

if TYPE_CHECKING:
    from local.endpoint.wsgi import Environ
    from local.lambda_runtime.pool import Pool

PREFIX = "/2015-03-31/functions/"
SUFFIX = "/invocations"


class InvokeService:
    """Answers requests signed for `lambda` that invoke a function."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def answer(self, environ: Environ) -> Answer | None:
        """Invoke the function; None for a request that is moto's."""
        path = environ["PATH_INFO"]
        if not path.endswith(SUFFIX):
            return None
        name = unquote(path.removeprefix(PREFIX).removesuffix(SUFFIX))
        body = body_of(environ)
        try:
            return self._invoke(name, json.loads(body) if body else {})
        except FunctionNotFound as error:
            text = f"Function not found: {error}"
            return _failure(HTTPStatus.NOT_FOUND, "ResourceNotFoundException", text)
        except TooManyRequests:
            kind = "TooManyRequestsException"
            return _failure(HTTPStatus.TOO_MANY_REQUESTS, kind, "Rate Exceeded.")
        except json.JSONDecodeError as error:
            kind = "InvalidRequestContentException"
            text = f"Could not parse request body into json: {error}"
            return _failure(HTTPStatus.BAD_REQUEST, kind, text)

    def _invoke(self, name: str, payload: object) -> Answer:
        done = self._pool.invoke(name, payload)
        headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
        if done.function_error is not None:
            headers.append(("X-Amz-Function-Error", done.function_error))
        return Answer(done.status, headers, done.payload.encode())


def _failure(status: int, kind: str, message: str) -> Answer:
    headers = [("Content-Type", "application/json"), ("X-Amzn-ErrorType", kind)]
    return Answer(status, headers, json.dumps({"Type": "User", "message": message}).encode())
