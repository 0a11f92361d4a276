"""The WSGI application: Tally's own services where moto has none, moto for all the rest."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local.endpoint.callers import signature_of
from local.lambda_runtime.functions import FunctionNotFound
from local.lambda_runtime.pool import TooManyRequests
from local.stepfunctions import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.endpoint.callers import Callers
    from local.iam.requests import Guard
    from local.lambda_runtime.pool import Pool
    from local.stepfunctions import StepFunctions

    Start = Callable[[str, list[tuple[str, str]]], Any]
    Environ = dict[str, Any]
    Answer = tuple[int, dict[str, str], bytes]

INVOKE_PREFIX = "/2015-03-31/functions/"


class Application:
    """Routes a request by what it is signed for; checks what a role may do before anything."""

    def __init__(
        self, moto: Any, states: StepFunctions, pool: Pool, callers: Callers, guard: Guard
    ) -> None:
        self._moto = moto
        self._states = states
        self._pool = pool
        self._callers = callers
        self._guard = guard

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        signature = signature_of(environ)
        service = signature.service if signature else ""
        role = self._callers.role_of(signature.access_key) if signature else None
        if role is not None:
            refused = self._guard.refusal(role, service, environ)
            if refused is not None:
                return _respond(refused, start_response)
        if service == "states":
            return _respond(self._step_functions(environ), start_response)
        if service == "lambda" and environ["PATH_INFO"].endswith("/invocations"):
            return _respond(self._invoke(environ), start_response)
        return list(self._moto(environ, start_response))

    def _step_functions(self, environ: Environ) -> Answer:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        headers = {"Content-Type": "application/x-amz-json-1.0"}
        try:
            answer: Any = self._states.call(operation, json.loads(_body(environ) or b"{}"))
            status = HTTPStatus.OK
        except ApiError as error:
            answer = {"__type": error.code, "message": error.message}
            status = HTTPStatus.BAD_REQUEST
        except ValueError as error:
            answer = {"__type": "SerializationException", "message": str(error)}
            status = HTTPStatus.BAD_REQUEST
        return status, headers, json.dumps(answer).encode()

    def _invoke(self, environ: Environ) -> Answer:
        path = environ["PATH_INFO"].removeprefix(INVOKE_PREFIX)
        name = unquote(path.removesuffix("/invocations"))
        headers = {"Content-Type": "application/json", "X-Amz-Executed-Version": "$LATEST"}
        body = _body(environ)
        try:
            payload = json.loads(body) if body else {}
            answer = self._pool.invoke(name, payload)
        except FunctionNotFound as error:
            text = f"Function not found: {error}"
            return _lambda_error(HTTPStatus.NOT_FOUND, "ResourceNotFoundException", text)
        except TooManyRequests:
            kind = "TooManyRequestsException"
            return _lambda_error(HTTPStatus.TOO_MANY_REQUESTS, kind, "Rate Exceeded.")
        except ValueError as error:
            kind = "InvalidRequestContentException"
            text = f"Could not parse request body into json: {error}"
            return _lambda_error(HTTPStatus.BAD_REQUEST, kind, text)
        if answer.function_error is not None:
            headers["X-Amz-Function-Error"] = answer.function_error
        return answer.status, headers, answer.payload.encode()


def _lambda_error(status: int, kind: str, message: str) -> Answer:
    headers = {"Content-Type": "application/json", "X-Amzn-ErrorType": kind}
    return status, headers, json.dumps({"Type": "User", "message": message}).encode()


def _body(environ: Environ) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return bytes(environ["wsgi.input"].read(length)) if length else b""


def _respond(answer: Answer, start_response: Start) -> list[bytes]:
    status, headers, body = answer
    common = {"Content-Length": str(len(body)), "x-amzn-RequestId": str(uuid.uuid4())}
    text = f"{status} {HTTPStatus(status).phrase}"
    start_response(text, list({**headers, **common}.items()))
    return [body]
