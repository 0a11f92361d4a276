"""What can go wrong, as one small tree. A class's name is the error's name in the state machine."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any


class RejectionCode(StrEnum):
    """Why a file is rejected; the codes are stable, docs/formats.md says what each means."""

    EMPTY_FILE = "EMPTY_FILE"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    FORMAT_MISMATCH = "FORMAT_MISMATCH"
    BAD_ENCODING = "BAD_ENCODING"
    CORRUPT_COMPRESSION = "CORRUPT_COMPRESSION"
    DECOMPRESSION_LIMIT = "DECOMPRESSION_LIMIT"
    MALFORMED_CSV = "MALFORMED_CSV"
    MALFORMED_JSON = "MALFORMED_JSON"
    MALFORMED_FILE = "MALFORMED_FILE"
    TRUNCATED = "TRUNCATED"
    TOO_LARGE = "TOO_LARGE"
    OBJECT_GONE = "OBJECT_GONE"


class TallyError(Exception):
    """Everything that Tally raises on purpose."""


class InvalidFile(TallyError):  # noqa: N818 - the name that the state machine catches
    """A file that cannot be processed and never will be; retrying is of no use.

    `details` is what the handler adds for the dead-letter branch: the record and its key.
    """

    def __init__(self, code: RejectionCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: dict[str, Any] = {}

    def __str__(self) -> str:
        """The JSON text that the state machine parses."""
        told = {"code": self.code, "message": self.message, **self.details}
        return json.dumps(told, ensure_ascii=False)


class DuplicateEvent(TallyError):  # noqa: N818 - the name that the state machine catches
    """The object version has its processed record already."""


class TransientError(TallyError):
    """A service was busy or out of reach; the state machine tries again."""


class InvalidRequest(TallyError):  # noqa: N818 - as its siblings
    """A handler was called with what no state machine of ours sends."""
