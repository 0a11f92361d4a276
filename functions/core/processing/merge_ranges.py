"""State MergeRanges: the record of a large file, from the answers of all its ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.core.contracts.contract import NONE
from functions.core.counting.ranges import ranges
from functions.core.processing.count_records import record_of
from functions.core.processing.declared import sha256_of_s3
from functions.core.processing.deliveries import NO_MANIFESTS, announced
from functions.core.processing.handover import detected_of, ranges_of
from functions.core.processing.rejecting import rejecting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.contracts.contract import Contracts
    from functions.core.processing.deliveries import Manifests
    from functions.core.processing.ports import Content
    from functions.core.processing.records import ExecutionInfo
    from functions.core.uploads import Upload


def merge_ranges(
    upload: Upload,
    given: Mapping[str, Any],
    partials: Iterable[dict[str, Any]],
    content: Content,
    execution: ExecutionInfo,
    *,
    contracts: Contracts = NONE,
    manifests: Manifests = NO_MANIFESTS,
) -> dict[str, Any]:
    """The record and its key, as CountRecords answers them.

    Raises:
        InvalidFile: see the state machine's Catch.
    """
    with rejecting(upload, execution):
        counted = ranges.merge(detected_of(given), ranges_of(given), partials, content)
        if content.checksum is None:
            # S3 tells the checksum of a whole object where all of it is asked for.
            next(content.blocks(), None)
    return record_of(
        upload,
        given,
        counted,
        content,
        execution,
        sha256=lambda: sha256_of_s3(content),
        contracts=contracts,
        listed=announced(upload, contracts, manifests),
    )
