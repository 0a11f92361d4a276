"""What can go wrong between an operator and AWS, each said in one line with its exit code."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore import exceptions as boto

if TYPE_CHECKING:
    from collections.abc import Iterator

DONE: Final = 0
NOT_ALL: Final = 1
"""Something failed, was rejected, is missing or cannot be done; what and why was printed."""
BAD_USAGE: Final = 2
NO_ACCESS: Final = 3
"""No credentials, no permission, no such deployment, or no answer: nothing was looked at."""

REFUSALS: Final = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
}
"""Codes by which services say that these credentials may not do this."""


class OpsError(Exception):
    """A failure for the operator to read, in one line; `exit_code` as in docs/commands.md."""

    def __init__(self, message: str, exit_code: int = NOT_ALL) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class NotFoundError(OpsError):
    """What was asked for is not there."""


class NoAccessError(OpsError):
    """The deployment cannot be looked at from here."""

    def __init__(self, message: str) -> None:
        super().__init__(message, NO_ACCESS)


@contextmanager
def plainly() -> Iterator[None]:
    """Let nothing of boto3 through: its errors come out as an OpsError of one line.

    Raises:
        OpsError: whatever boto3 could not do.
    """
    try:
        yield
    except (boto.BotoCoreError, boto.ClientError) as error:
        raise explained(error) from error


def explained(error: boto.BotoCoreError | boto.ClientError) -> OpsError:
    """The OpsError for an error of boto3."""
    if isinstance(error, boto.ClientError):
        return _answered(error)
    for kinds, advice in _ADVICE:
        if isinstance(error, kinds):
            return NoAccessError(f"{_one_line(str(error))} ({advice})")
    return OpsError(_one_line(str(error)))


def code_of(error: boto.ClientError) -> str:
    """The service's code of an error, such as ExecutionNotRedrivable."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(cause: str | None) -> str:
    """What the cause of a failure says to a person: of a function's error, its own message.

    Lambda's error is a JSON object with `errorMessage` (Lambda guide, "Exceptions").
    """
    try:
        return str(json.loads(cause or "")["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause or ""


def _answered(error: boto.ClientError) -> OpsError:
    """What a service refused or could not do."""
    code, message = code_of(error), error.response.get("Error", {}).get("Message", "")
    line = _one_line(f"{error.operation_name}: {code}: {message}")
    return NoAccessError(line) if code in REFUSALS else OpsError(line)


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


_ADVICE: Final = (
    (
        (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError),
        "give --profile, or credentials as boto3 finds them",
    ),
    (
        (boto.SSOTokenLoadError, boto.UnauthorizedSSOTokenError, boto.TokenRetrievalError),
        "log in again: aws sso login",
    ),
    ((boto.ProfileNotFound,), "see `aws configure list-profiles`"),
    ((boto.NoRegionError, boto.InvalidRegionError), "give --region, or set AWS_DEFAULT_REGION"),
    (
        (boto.HTTPClientError, boto.ConnectionError),
        "is AWS_ENDPOINT_URL right, and is what it names running?",
    ),
)
"""Errors before any answer, and what to do about each."""
