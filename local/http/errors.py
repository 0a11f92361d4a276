"""Errors in the shape that each service's SDK reads."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from local.http.messages import Answer

if TYPE_CHECKING:
    from local.http.messages import Environ

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
IN_QUERY_XML = {"cloudformation", "iam", "sts", "sns", "ec2"}


def failure(service: str, environ: Environ, status: int, code: str, message: str) -> Answer:
    """An error of a service: S3's XML, the query protocol's XML, or JSON."""
    if service == "s3":
        return s3_failure(environ, status, code, message)
    if service in IN_QUERY_XML:
        inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        text = f"{XML}<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
        return Answer(status, [("Content-Type", "text/xml")], text.encode())
    body = json.dumps({"__type": code, "message": message})
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-ErrorType", code)]
    return Answer(status, headers, body.encode())


def refusal(service: str, environ: Environ, message: str) -> Answer:
    """The refusal of a request that its role may not make, by the service's own name for it."""
    code = {"s3": "AccessDenied", "sns": "AuthorizationError"}.get(service, "AccessDeniedException")
    json_rpc = "HTTP_X_AMZ_TARGET" in environ
    status = HTTPStatus.BAD_REQUEST if json_rpc else HTTPStatus.FORBIDDEN
    return failure(service, environ, status, code, message)


def s3_failure(environ: Environ, status: int, code: str, message: str) -> Answer:
    """An error of S3; a HEAD has no body to say it in."""
    body = f"{XML}<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    head = environ["REQUEST_METHOD"] == "HEAD"
    return Answer(status, [("Content-Type", "application/xml")], b"" if head else body.encode())
