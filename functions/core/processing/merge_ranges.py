"""What the states of a large file do, with the world handed in: count a range, merge them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.core.contracts.contract import NONE
from functions.core.counting.ranges.ranges import Ranges, count_range, merge
from functions.core.processing import validate_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.contracts.contract import Contracts
    from functions.core.processing.records import ExecutionInfo
    from functions.core.processing.validate_file import Content
    from functions.core.uploads import Upload


def of_range(given: Mapping[str, Any], number: int, content: Content) -> dict[str, Any]:
    """The answer of one range of the file that `given` says how to cut."""
    return count_range(validate_file.detected_of(given), _cut(given), number, content)


def of_all(
    upload: Upload,
    given: Mapping[str, Any],
    partials: Iterable[dict[str, Any]],
    content: Content,
    execution: ExecutionInfo,
    *,
    contracts: Contracts = NONE,
) -> dict[str, Any]:
    """The record and its key, as `validation.count` answers them.

    Raises:
        InvalidFile: see the state machine's Catch.
    """
    with validate_file.rejecting(upload, execution):
        counted = merge(validate_file.detected_of(given), _cut(given), partials, content)
        if content.checksum is None:
            # S3 tells the checksum of a whole object where all of it is asked for.
            next(content.blocks(), None)
    return validate_file.answer(upload, given, counted, content, execution, contracts=contracts)


def _cut(given: Mapping[str, Any]) -> Ranges:
    return Ranges(given["ranges"], given["range_bytes"], given["width"])
