"""What the two file functions do, with the world handed in: validate, then count."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from functions.core import keys
from functions.core.contracts.contract import NONE
from functions.core.counting.detection import HEAD_BYTES, Detected, detect
from functions.core.counting.formats.base import Reading
from functions.core.counting.ranges.ranges import plan
from functions.core.counting.whole_file import count_source
from functions.core.errors import DuplicateEvent, InvalidFile, LargeFile, RejectionCode
from functions.core.processing import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from functions.core.contracts.contract import Contracts
    from functions.core.counting.ranges.ranges import Ranges
    from functions.core.counting.whole_file import Counted
    from functions.core.processing.records import ExecutionInfo
    from functions.core.uploads import Upload


class Content(Protocol):
    """One object version's content. `content_type` and `checksum` are known once it was read."""

    size: int
    content_type: str | None
    checksum: str | None

    def blocks(self) -> Iterator[bytes]:
        """All bytes, in blocks."""

    def read(self, start: int, length: int) -> bytes:
        """Some of the bytes."""

    def part(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in blocks."""


def validate(
    upload: Upload,
    content: Content,
    exists: Callable[[str], bool],
    execution: ExecutionInfo,
    *,
    force: bool,
    contracts: Contracts = NONE,
) -> dict[str, Any]:
    """Refuse a duplicate and a bad file; else say how the file is to be counted.

    Raises:
        DuplicateEvent, InvalidFile: see the state machine's Catch.
    """
    if not force and exists(upload.record_key()):
        raise _duplicate(upload, execution)
    with rejecting(upload, execution):
        if upload.size_bytes == 0:
            raise InvalidFile(RejectionCode.EMPTY_FILE, "the file has no content")
        head = content.read(0, min(HEAD_BYTES, upload.size_bytes))
        detected = detect(upload.key, head, content.content_type)
        contract = contracts.of(upload.key)
        if contract is not None:
            contract.check_upload(detected.format, upload.size_bytes)
    return {
        "file": upload.to_json(),
        "record_key": upload.record_key(),
        **detected.to_json(),
    }


def count(
    upload: Upload,
    given: Mapping[str, Any],
    content: Content,
    execution: ExecutionInfo,
    large_file_bytes: int = 0,
    *,
    contracts: Contracts = NONE,
) -> dict[str, Any]:
    """Count the file as `validate` said; the record and its key.

    Raises:
        InvalidFile, LargeFile: see the state machine's Catch.
    """
    detected = detected_of(given)
    with rejecting(upload, execution):
        ranges = plan(detected, content, large_file_bytes)
        if ranges is not None:
            raise _large(given, ranges)
        counted = count_source(detected, content)
    return answer(upload, given, counted, content, execution, contracts=contracts)


def detected_of(given: Mapping[str, Any]) -> Detected:
    """What `validate` detected."""
    reading = Reading(given["encoding"], given["header"])
    return Detected(given["format"], given["compression"], reading)


def answer(
    upload: Upload,
    given: Mapping[str, Any],
    counted: Counted,
    content: Content,
    execution: ExecutionInfo,
    *,
    contracts: Contracts = NONE,
) -> dict[str, Any]:
    """The record of a counted file and its key, however it was counted.

    Raises:
        InvalidFile: the file is not what its contract says.
    """
    contract = contracts.of(upload.key)
    if contract is not None:
        with rejecting(upload, execution):
            contract.check_counted(counted)
    record = records.processed(upload, counted, content.checksum, execution)
    return {"record_key": given["record_key"], "record": record}


def _large(given: Mapping[str, Any], ranges: Ranges) -> LargeFile:
    """The error that leads to the ranges, with all that they need to know."""
    error = LargeFile(f"over the limit of one call: {ranges.ranges} ranges")
    error.details = {**given, **asdict(ranges)}
    return error


def _duplicate(upload: Upload, execution: ExecutionInfo) -> DuplicateEvent:
    """The error that ends the execution well, with the marker to store."""
    error = DuplicateEvent(f"{upload.key} {upload.version_id} is processed already")
    error.details = {
        "record_key": keys.duplicate_key(upload.date, upload.key, upload.version_id, execution.arn),
        "record": records.duplicate(upload, execution),
    }
    return error


@contextmanager
def rejecting(upload: Upload, execution: ExecutionInfo) -> Iterator[None]:
    """A rejection inside leaves with the record to store, for the dead-letter branch."""
    try:
        yield
    except InvalidFile as why:
        why.details = {
            "record_key": upload.record_key(rejected=True),
            "record": records.rejected(upload, why, execution),
        }
        raise
