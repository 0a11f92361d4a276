"""SDK errors become those of the core, in one place."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own, not Python's
    CredentialRetrievalError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
    ResponseStreamingError,
)

from functions.core.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = {
    *("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling"),
    *("ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"),
}
BUSY_STATUS = 500
OUT_OF_REACH = (
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
    FlexibleChecksumError,
    CredentialRetrievalError,
    MetadataRetrievalError,
)
"""What passes by itself. A parameter that the SDK refuses, say, never does."""
MISSING = {"404", "NoSuchKey", "NoSuchVersion", "NotFound"}


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Raise TransientError for what passes by itself; let every other error through.

    Raises:
        TransientError: the service is busy or out of reach.
    """
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in BUSY or status >= BUSY_STATUS:
            raise TransientError(f"{service} answered {code or status}") from error
        raise
    except OUT_OF_REACH as error:
        raise TransientError(f"{service} is out of reach: {error}") from error


def code_of(error: ClientError) -> str:
    """The error's code, as the service gave it."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_missing(error: ClientError) -> bool:
    """Whether the service says that there is no such thing."""
    return code_of(error) in MISSING
