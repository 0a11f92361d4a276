"""Lambda's Invoke over HTTP. All else of Lambda's API is moto's."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from local.http.messages import Answer, body_of
from local.lambda_runtime.asynchronous import call_later
from local.lambda_runtime.functions import FunctionNotFound
from local.lambda_runtime.pool import TooManyRequests
from local.lambda_runtime.qualifiers import split

if TYPE_CHECKING:
    from local.http.messages import Environ
    from local.lambda_runtime.pool import Pool

PREFIX = "/2015-03-31/functions/"
SUFFIX = "/invocations"
ROLE = "tally.role"
"""Where the application puts the role that makes a request."""
LOG_TAIL_BYTES = 4096
MOST_BYTES = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024, "DryRun": 6 * 1024 * 1024}


class PayloadTooLarge(Exception):  # noqa: N818 - what it is
    """An event that is larger than Lambda takes."""


class InvokeService:
    """Answers requests signed for `lambda` that invoke a function."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def answer(self, environ: Environ) -> Answer | None:
        """Invoke the function; None for a request that is moto's."""
        path = environ["PATH_INFO"]
        if not path.endswith(SUFFIX):
            return None
        name = _qualified(environ)
        try:
            return self._invoked(name, _event(environ), environ)
        except FunctionNotFound as error:
            text = f"Function not found: {error}"
            return _failure(HTTPStatus.NOT_FOUND, "ResourceNotFoundException", text)
        except TooManyRequests:
            kind = "TooManyRequestsException"
            return _failure(HTTPStatus.TOO_MANY_REQUESTS, kind, "Rate Exceeded.")
        except PayloadTooLarge as error:
            kind = "RequestTooLargeException"
            return _failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, kind, str(error))
        except json.JSONDecodeError as error:
            kind = "InvalidRequestContentException"
            text = f"Could not parse request body into json: {error}"
            return _failure(HTTPStatus.BAD_REQUEST, kind, text)

    def _invoked(self, name: str, event: bytes, environ: Environ) -> Answer:
        kind = environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")
        if kind == "DryRun":
            self._pool.functions.find(name)
            return Answer(HTTPStatus.NO_CONTENT)
        if kind == "Event":
            self._pool.functions.find(name)
            call_later(self._pool, name, event)
            return Answer(HTTPStatus.ACCEPTED)
        done = self._pool.invoke(name, event, nested=ROLE in environ)
        headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", done.version)]
        if done.function_error is not None:
            headers.append(("X-Amz-Function-Error", done.function_error))
        if environ.get("HTTP_X_AMZ_LOG_TYPE") == "Tail":
            tail = "\n".join(done.log).encode()[-LOG_TAIL_BYTES:]
            headers.append(("X-Amz-Log-Result", base64.b64encode(tail).decode()))
        return Answer(done.status, headers, done.payload)


def _qualified(environ: Environ) -> str:
    """The function that a request names, with the qualifier that may stand in its query."""
    name = unquote(environ["PATH_INFO"].removeprefix(PREFIX).removesuffix(SUFFIX))
    qualifiers = parse_qs(environ.get("QUERY_STRING", "")).get("Qualifier", [""])
    return f"{name}:{qualifiers[0]}" if qualifiers[0] and not split(name)[1] else name


def _event(environ: Environ) -> bytes:
    """The event's JSON.

    Raises:
        PayloadTooLarge: it is larger than Lambda takes.
        JSONDecodeError: it is none.
    """
    body = body_of(environ) or b"{}"
    kind = environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")
    most = MOST_BYTES[kind]
    if len(body) > most:
        text = f"{len(body)} byte payload is too large for the {kind} invocation type"
        raise PayloadTooLarge(f"{text} (limit {most} bytes)")
    json.loads(body)
    return body


def _failure(status: int, kind: str, message: str) -> Answer:
    headers = [("Content-Type", "application/json"), ("X-Amzn-ErrorType", kind)]
    return Answer(status, headers, json.dumps({"Type": "User", "message": message}).encode())
