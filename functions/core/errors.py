"""What can go wrong, as one small tree. A class's name is the error's name in the state machine."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, Final

MESSAGE_LIMIT: Final = 1000
"""Characters: some libraries quote the file in their errors, and a state's Cause has its limit."""


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
    TOO_SLOW = "TOO_SLOW"
    OBJECT_GONE = "OBJECT_GONE"
    OBJECT_ARCHIVED = "OBJECT_ARCHIVED"
    BAD_EVENT = "BAD_EVENT"
    CONTRACT_VIOLATION = "CONTRACT_VIOLATION"
    RAGGED_ROWS = "RAGGED_ROWS"
    COUNT_MISMATCH = "COUNT_MISMATCH"
    CHECKSUM_MISMATCH = "CHECKSUM_MISMATCH"


class TallyError(Exception):
    """Everything that Tally raises on purpose."""


class Accounted(TallyError):  # noqa: N818 - what becomes of the file, caught by name
    """An upload that ends here, and is accounted for by what `details` says.

    `details` is what the handler adds for the state machine: an object to store and its key. The
    text of the error is JSON, which the state machine parses.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message[:MESSAGE_LIMIT])
        self.message = message[:MESSAGE_LIMIT]
        self.details: dict[str, Any] = {}

    def __str__(self) -> str:
        """The JSON text."""
        return json.dumps({"message": self.message, **self.details}, ensure_ascii=False)


class InvalidFile(Accounted):
    """A file that cannot be processed and never will be; retrying is of no use."""

    def __init__(self, code: RejectionCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.breaches: list[dict[str, Any]] = []
        """Of field rules: what the record has as `breaches`."""

    def __str__(self) -> str:
        """The JSON text, with the code."""
        fields = {"code": self.code, "message": self.message, **self.details}
        return json.dumps(fields, ensure_ascii=False)


class DuplicateEvent(Accounted):
    """The object version has its processed record already."""


class LargeFile(Accounted):
    """The file is larger than one call should read; it is counted range by range."""


class FieldRulesApply(Accounted):
    """The file's contract has field rules; another function holds the values to them."""


HANDED_OVER: Final = (LargeFile, FieldRulesApply)
"""What is no error, but the way to another state."""


class TransientError(TallyError):
    """A service was busy or out of reach; the state machine tries again."""


class UnequalReadings(TallyError):  # noqa: N818 - as its siblings
    """A file's rows were read in two ways, and their numbers differ: a fault of Tally's."""


class UnreadValues(TallyError):  # noqa: N818 - as its siblings
    """DuckDB failed, by this error of its own: a fault of Tally's. Its text may quote the file."""


class InvalidContract(TallyError):  # noqa: N818 - as its siblings
    """A contract's file does not say what a contract can say; found before anything is deployed."""


class InvalidRequest(TallyError):  # noqa: N818 - as its siblings
    """A handler was called with what no state machine of ours sends."""
