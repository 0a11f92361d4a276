"""What action on what resource a signed request is, and the refusal where the role may not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from local.http.messages import body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Environ
    from local.iam.authorizer import Authorizer

Needed = tuple[str, str | None, dict[str, str]]
"""Action, resource (None where it is not known), condition keys' values."""

PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}
"""What actions of a service begin with, where that is not the name that requests are signed for."""


class RequestAuthorizer:
    """Checks the requests of roles for one account and region."""

    def __init__(self, authorizer: Authorizer, account_id: str, region: str) -> None:
        self._authorizer = authorizer
        self._account_id = account_id
        self._region = region

    def refusal(self, role_arn: str, service: str, environ: Environ) -> str | None:
        """Why the role may not do what the request asks; None where it may."""
        try:
            for action, resource, context in self.needed(service, environ):
                self._authorizer.check(role_arn, action, resource, context)
        except PermissionError as error:
            return str(error)
        return None

    def hiding(self, role_arn: str, environ: Environ) -> str | None:
        """Why the role may not know that S3's object is missing; None where it may.

        Without s3:ListBucket, a missing object is a 403 (API reference, GetObject).
        """
        bucket = environ["PATH_INFO"].lstrip("/").partition("/")[0]
        try:
            self._authorizer.check(role_arn, "s3:ListBucket", f"arn:aws:s3:::{bucket}", {})
        except PermissionError as error:
            return str(error)
        return None

    def needed(self, service: str, environ: Environ) -> list[Needed]:
        """Every permission that a request needs.

        Raises:
            PermissionError: a request that this does not know how to judge is not let through.
        """
        judges: dict[str, Callable[[Environ], Needed]] = {
            "s3": s3_needed,
            "states": self._states_needed,
            "sqs": self._sqs_needed,
            "sns": sns_needed,
        }
        if service in judges:
            return [judges[service](environ)]
        if service == "events":
            return self._events_needed(environ)
        if service == "lambda" and environ["PATH_INFO"].endswith("/invocations"):
            name = unquote(environ["PATH_INFO"].split("/")[3]).split(":function:")[-1]
            query = parse_qs(environ.get("QUERY_STRING", ""))
            name = ":".join([name, *query.get("Qualifier", ())])
            arn = f"arn:aws:lambda:{self._region}:{self._account_id}:function:{name}"
            return [("lambda:InvokeFunction", arn, {})]
        return [_action_needed(service, environ)]

    def _states_needed(self, environ: Environ) -> Needed:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        given = _json(environ)
        names = ("executionArn", "stateMachineArn", "mapRunArn", "resourceArn")
        arn = next((given[name] for name in names if name in given), "*")
        return f"states:{operation}", arn, {}

    def _events_needed(self, environ: Environ) -> list[Needed]:
        """PutEvents needs each of its buses; of anything else the action alone is known."""
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if operation != "PutEvents":
            return [(f"events:{operation}", None, {})]
        entries = _json(environ).get("Entries", [])
        names = dict.fromkeys(entry.get("EventBusName", "default") for entry in entries)
        bus = f"arn:aws:events:{self._region}:{self._account_id}:event-bus"
        arns = [name if name.startswith("arn:") else f"{bus}/{name}" for name in names]
        return [("events:PutEvents", arn, {}) for arn in arns]

    def _sqs_needed(self, environ: Environ) -> Needed:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        name = _json(environ).get("QueueUrl", "").rpartition("/")[2]
        return f"sqs:{operation}", f"arn:aws:sqs:{self._region}:{self._account_id}:{name}", {}


_OBJECT_ACTIONS = {
    "GET": "s3:GetObject",
    "HEAD": "s3:GetObject",
    "PUT": "s3:PutObject",
    "POST": "s3:PutObject",
    "DELETE": "s3:DeleteObject",
}
_BUCKET_ACTIONS = {"GET": "s3:ListBucket", "HEAD": "s3:ListBucket"}


def s3_needed(environ: Environ) -> Needed:
    """The permission of a path-style S3 request (service authorization reference, Amazon S3)."""
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace").lstrip("/")
    bucket, _, key = path.partition("/")
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    method = environ["REQUEST_METHOD"]
    if not key:
        context = {"s3:prefix": query.get("prefix", [""])[0]}
        action = _BUCKET_ACTIONS.get(method, f"s3:{method}Bucket")
        if "versions" in query:
            action = "s3:ListBucketVersions"
        return action, f"arn:aws:s3:::{bucket}", context
    action = _OBJECT_ACTIONS.get(method, f"s3:{method}")
    versioned = "versionId" in query and action in {"s3:GetObject", "s3:DeleteObject"}
    return f"{action}Version" if versioned else action, f"arn:aws:s3:::{bucket}/{key}", {}


def sns_needed(environ: Environ) -> Needed:
    """The permission of an SNS request."""
    form = _form(environ)
    arn = form.get("TopicArn", form.get("TargetArn", ["*"]))[0]
    return f"sns:{form.get('Action', [''])[0]}", arn, {}


def _action_needed(service: str, environ: Environ) -> Needed:
    """The action of a request to any other service, where the request names it.

    Raises:
        PermissionError: only its path says what it is for (the REST protocols).
    """
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    operation = target or _form(environ).get("Action", [""])[0]
    if not operation:
        raise PermissionError(f"requests of a role to {service} are not judged here")
    return f"{PREFIXES.get(service, service)}:{operation}", None, {}


def _form(environ: Environ) -> dict[str, list[str]]:
    """The body of a request by the query protocol; nothing of another kind."""
    kind = environ.get("CONTENT_TYPE", "")
    body = body_of(environ) if kind.startswith("application/x-www-form-urlencoded") else b""
    return parse_qs(body.decode(errors="replace"))


def _json(environ: Environ) -> dict[str, Any]:
    """The JSON body."""
    return dict(json.loads(body_of(environ) or b"{}"))
