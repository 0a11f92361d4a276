"""State CheckFields: count a file and hold its values to the field rules of its contract."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from functions.core.contracts.contract import NONE
from functions.core.counting.deadline import NO_DEADLINE
from functions.core.counting.path_source import PathSource
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile, RejectionCode
from functions.core.processing.count_records import record_by
from functions.core.processing.deliveries import NO_MANIFESTS
from functions.core.processing.handover import detected_of
from functions.core.processing.rejecting import rejecting
from functions.core.values.checking import check
from functions.core.values.relation import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from functions.core.contracts.contract import Contract, Contracts
    from functions.core.counting.counted import Counted
    from functions.core.counting.deadline import Deadline
    from functions.core.processing.declared import HashedContent
    from functions.core.processing.deliveries import Manifests
    from functions.core.processing.ports import Content
    from functions.core.processing.records import ExecutionInfo
    from functions.core.uploads import Upload
    from functions.core.values.checking import Checked

LARGEST: Final = 4 << 30
"""Bytes of a file as it is stored: a copy of it and what is spilled have room beside it."""
WHAT_TO_DO: Final = "split the file, or take the field rules out of its contract"
OVER: Final = "{:,} bytes, and field rules are checked in files up to {:,}: " + WHAT_TO_DO
NO_ROOM: Final = "the copy of its text that a check of values needs has no room: " + WHAT_TO_DO


def check_fields(
    upload: Upload,
    given: Mapping[str, Any],
    content: Content,
    execution: ExecutionInfo,
    scratch: Path,
    *,
    contracts: Contracts = NONE,
    manifests: Manifests = NO_MANIFESTS,
    deadline: Deadline = NO_DEADLINE,
) -> dict[str, Any]:
    """The record and its key, as CountRecords answers them, with what was found of the values.

    `scratch` is an empty folder with room for the file, a copy of its text, and what DuckDB spills.

    Raises:
        InvalidFile: see the state machine's Catch.
        UnequalReadings, UnreadValues: a fault of Tally's.
    """
    detected, path = detected_of(given), scratch / "stored"
    with rejecting(upload, execution):
        if upload.size_bytes > LARGEST:
            message = OVER.format(upload.size_bytes, LARGEST)
            raise InvalidFile(RejectionCode.TOO_LARGE, message)

    def read(hashed: HashedContent) -> Counted:
        with _within_room():
            _fetch(hashed, path, deadline)
            with path.open("rb") as stream:
                return count_source(detected, PathSource(stream), deadline)

    def values(contract: Contract, named: Counted) -> Checked | None:
        file = File(path, detected, named, scratch, deadline)
        with _within_room():
            return _checked(file, contract)

    return record_by(
        read,
        upload,
        given,
        content,
        execution,
        contracts=contracts,
        manifests=manifests,
        deadline=deadline,
        check_values=values,
    )


def _fetch(content: HashedContent, path: Path, deadline: Deadline) -> None:
    done = 0
    with path.open("wb") as stream:
        for block in content.blocks():
            stream.write(block)
            done += len(block)
            deadline.check(done, content.size)


def _checked(file: File, contract: Contract) -> Checked | None:
    """What was found of a file's values; None where the contract has no rules for its format."""
    rules = contract.rules_for(file.counted.format)
    if rules is None:
        return None
    checked = check(file, rules)
    checked.refuse(contract.name)
    return checked


@contextmanager
def _within_room() -> Iterator[None]:
    """A full disk is the file's doing: what is written there is made of it alone."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise InvalidFile(RejectionCode.TOO_LARGE, NO_ROOM) from error
