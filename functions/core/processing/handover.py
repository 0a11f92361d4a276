"""What one state hands to the next: the answers of ValidateFile and CountRecords, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.core.counting.detection import Detected
from functions.core.counting.formats.base import Reading
from functions.core.counting.formats.scanning.table_dialect import table_dialect
from functions.core.counting.ranges.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Mapping


def detected_of(given: Mapping[str, Any]) -> Detected:
    """What ValidateFile detected of the file."""
    dialect = table_dialect(given.get("dialect", {}))
    reading = Reading(given["encoding"], given["header"], given.get("delimiter"), dialect)
    return Detected(given["format"], given["compression"], reading)


def ranges_of(given: Mapping[str, Any]) -> Ranges:
    """How CountRecords said to cut the file."""
    return Ranges(given["ranges"], given["range_bytes"], given["how"])
