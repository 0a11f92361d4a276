"""State ValidateFile: refuse a duplicate and a bad file, and say how the file is to be counted."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from functions.core import keys
from functions.core.contracts.contract import NONE
from functions.core.counting.detection import HEAD_BYTES, NO_CONTENT, detect, with_defaults
from functions.core.errors import DuplicateEvent, FieldRulesApply, InvalidFile, RejectionCode
from functions.core.processing import records
from functions.core.processing.rejecting import rejecting

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.core.contracts.contract import Contract, Contracts
    from functions.core.processing.ports import Content
    from functions.core.processing.records import ExecutionInfo
    from functions.core.uploads import Upload


BAD_EVENT: Final = (
    "the execution's input is no event as S3 sends it: {}; replay the file, or start the execution"
    " with the event of its upload"
)


def validate(
    upload: Upload,
    content: Content,
    exists: Callable[[str], bool],
    execution: ExecutionInfo,
    *,
    force: bool,
    wrong: str | None = None,
    contracts: Contracts = NONE,
    day_of: Callable[[], str] | None = None,
) -> dict[str, Any]:
    """Refuse a bad event, a duplicate and a bad file; else say how the file is to be counted.

    `wrong` is what is wrong with the event, if anything is. `day_of` tells for which day the
    version counts, if that is not sure to be the event's; it is asked after the content.

    Raises:
        DuplicateEvent, FieldRulesApply, InvalidFile: see the state machine's Catch.
    """
    if wrong is not None:
        with rejecting(upload, execution):
            raise InvalidFile(RejectionCode.BAD_EVENT, BAD_EVENT.format(wrong))
    if not force and exists(upload.record_key()):
        raise _duplicate(upload, execution, "is processed already")
    with rejecting(upload, execution):
        head = _head(upload, content, execution, day_of)
        contract = contracts.of(upload.key)
        defaults = None if contract is None else contract.content_type
        detected = detect(upload.key, head, with_defaults(content.content_type, defaults))
        if contract is not None:
            contract.check_upload(detected.format, upload.size_bytes)
    answer = {
        "file": upload.to_json(),
        "record_key": upload.record_key(),
        **detected.to_json(),
    }
    if contract is not None and contract.rules_for(detected.format) is not None:
        raise _ruled(answer, contract)
    return answer


def _ruled(answer: dict[str, Any], contract: Contract) -> FieldRulesApply:
    """The error that leads to CheckFields, with what CountRecords would be told."""
    error = FieldRulesApply(f"contract {contract.name} has field rules")
    error.details = answer
    return error


def _head(
    upload: Upload, content: Content, execution: ExecutionInfo, day_of: Callable[[], str] | None
) -> bytes:
    """The beginning of a version that counts for this day, be it rejected as empty or not there."""

    def check_day() -> None:
        day = upload.date if day_of is None else day_of()
        if day != upload.date:
            raise _duplicate(upload, execution, f"counts for {day}")

    try:
        head = _first_bytes(upload, content)
    except InvalidFile:
        check_day()
        raise
    check_day()
    return head


def _first_bytes(upload: Upload, content: Content) -> bytes:
    if upload.size_bytes == 0:
        # No range of it can be asked for, and its day is known by S3's answer alone.
        with suppress(InvalidFile):  # what is gone or archived by now was empty all the same
            next(content.blocks(), b"")
        raise InvalidFile(RejectionCode.EMPTY_FILE, NO_CONTENT)
    return content.read(0, min(HEAD_BYTES, upload.size_bytes))


def _duplicate(upload: Upload, execution: ExecutionInfo, why: str) -> DuplicateEvent:
    """The error that ends the execution well, with the marker to store."""
    error = DuplicateEvent(f"{upload.key} {upload.version_id} {why}")
    error.details = {
        "record_key": keys.duplicate_key(upload.date, upload.key, upload.version_id, execution.arn),
        "record": records.duplicate(upload, execution),
    }
    return error
