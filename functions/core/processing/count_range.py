"""State CountRange: what one byte range of a large file knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.core.counting.deadline import NO_DEADLINE
from functions.core.counting.ranges import ranges
from functions.core.processing.handover import detected_of, ranges_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.core.counting.deadline import Deadline
    from functions.core.processing.ports import Content


def count_range(
    given: Mapping[str, Any],
    number: int,
    content: Content,
    *,
    deadline: Deadline = NO_DEADLINE,
) -> dict[str, Any]:
    """The answer of one range, counted from 0, of the file that `given` says how to cut."""
    return ranges.count_range(detected_of(given), ranges_of(given), number, content, deadline)
