"""Records as a file that other tools read: JSON lines, gzipped.

Files made so can be joined by putting one after the other: gzip's members follow each other (RFC
1952, section 2.2), and Athena, Spark, DuckDB, Polars and pandas read them all. Parquet would want a
writer of 35 MB or more in the layer, and could not be joined without reading it.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def packed(records: Iterable[Mapping[str, Any]]) -> bytes:
    """These records, one a line, by key and version; the same for the same ones."""
    lines = (
        json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        for record in in_order(records)
    )
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def in_order(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """As a file has them: by key and version."""
    return sorted(records, key=lambda record: (record["key"], record["version_id"]))
