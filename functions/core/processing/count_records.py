"""State CountRecords: count the file as ValidateFile said; its record and its key."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from functions.core.contracts.contract import NONE
from functions.core.counting.deadline import NO_DEADLINE
from functions.core.counting.ranges.ranges import plan
from functions.core.counting.whole_file import count_source
from functions.core.errors import LargeFile
from functions.core.processing import declared, records
from functions.core.processing.declared import HashedContent
from functions.core.processing.deliveries import NO_MANIFESTS, announced, keep_manifest
from functions.core.processing.handover import detected_of
from functions.core.processing.rejecting import rejecting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.core.contracts.contract import Contract, Contracts
    from functions.core.counting.counted import Counted
    from functions.core.counting.deadline import Deadline
    from functions.core.counting.ranges.ranges import Ranges
    from functions.core.processing.deliveries import Announced, Manifests
    from functions.core.processing.ports import Content
    from functions.core.processing.records import ExecutionInfo
    from functions.core.uploads import Upload
    from functions.core.values.checking import Checked


def _unchecked(_contract: Contract, _counted: Counted) -> Checked | None:
    return None


def count(
    upload: Upload,
    given: Mapping[str, Any],
    content: Content,
    execution: ExecutionInfo,
    large_file_bytes: int = 0,
    *,
    contracts: Contracts = NONE,
    manifests: Manifests = NO_MANIFESTS,
    deadline: Deadline = NO_DEADLINE,
) -> dict[str, Any]:
    """Count the file as ValidateFile said; the record and its key. A manifest is kept.

    Raises:
        InvalidFile, LargeFile: see the state machine's Catch.
    """
    detected = detected_of(given)
    with rejecting(upload, execution):
        ranges = plan(detected, content, large_file_bytes)
        if ranges is not None:
            raise _large(given, ranges)

    def read(hashed: HashedContent) -> Counted:
        counted = count_source(detected, hashed, deadline)
        contract = contracts.of(upload.key)
        if contract is None or not contract.of_manifests:
            return counted
        warnings = keep_manifest(
            upload,
            contract,
            detected=detected,
            counted=counted,
            content=content,
            manifests=manifests,
            deadline=deadline,
        )
        return replace(counted, warnings=(*counted.warnings, *warnings))

    return record_by(
        read,
        upload,
        given,
        content,
        execution,
        contracts=contracts,
        manifests=manifests,
        deadline=deadline,
    )


def record_by(
    read: Callable[[HashedContent], Counted],
    upload: Upload,
    given: Mapping[str, Any],
    content: Content,
    execution: ExecutionInfo,
    *,
    contracts: Contracts,
    manifests: Manifests,
    deadline: Deadline,
    check_values: Callable[[Contract, Counted], Checked | None] = _unchecked,
) -> dict[str, Any]:
    """The record of a file that `read` counts in one call, and its key; see `record_of`.

    The content is hashed where its sender declares a SHA-256, or a manifest lists one.
    """
    with rejecting(upload, execution):
        listed = announced(upload, contracts, manifests)
        wanted = listed is not None and listed.listed.sha256 is not None
        hashed = HashedContent(content, deadline, wanted=wanted)
        counted = read(hashed)
    return record_of(
        upload,
        given,
        counted,
        content,
        execution,
        sha256=hashed.sha256,
        contracts=contracts,
        listed=listed,
        check_values=check_values,
    )


def record_of(
    upload: Upload,
    given: Mapping[str, Any],
    counted: Counted,
    content: Content,
    execution: ExecutionInfo,
    *,
    sha256: Callable[[], str | None],
    contracts: Contracts = NONE,
    listed: Announced | None = None,
    check_values: Callable[[Contract, Counted], Checked | None] = _unchecked,
) -> dict[str, Any]:
    """The record of a counted file and its key, however it was counted.

    `listed` is what a manifest says of it. `check_values` holds its values to its contract, and
    answers what it found.

    Raises:
        InvalidFile: the file is not what its sender declares or lists, or its contract says.
    """
    contract = contracts.of(upload.key)
    said = declared.declared_of(content.metadata)
    checked = None
    with rejecting(upload, execution):
        warnings = declared.check(said, counted.records, content.size, sha256)
        if listed is not None:
            warnings += listed.check(counted.records, content.size, sha256)
        counted = replace(counted, warnings=(*counted.warnings, *warnings))
        if contract is not None:
            counted = contract.named(counted)
            contract.check_counted(counted)
            checked = check_values(contract, counted)
        if checked is not None:
            counted = replace(counted, warnings=(*counted.warnings, *checked.warnings()))
    record = records.processed(
        upload, counted, content.checksum, said.to_json(), execution, checked=checked
    )
    return {"record_key": given["record_key"], "record": record}


def _large(given: Mapping[str, Any], ranges: Ranges) -> LargeFile:
    """The error that leads to the ranges, with all that they need to know."""
    error = LargeFile(f"over the limit of one call: {ranges.ranges} ranges")
    error.details = {**given, **asdict(ranges)}
    return error
