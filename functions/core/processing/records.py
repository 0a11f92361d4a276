"""The record of one object version: what is stored of a file, never part of its content."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.core.counting.counted import Counted
    from functions.core.errors import InvalidFile
    from functions.core.uploads import Upload
    from functions.core.values.checking import Checked

SCHEMA_VERSION = 1
COLUMN_LIMIT = 1000
COLUMN_BYTES = 16 * 1024
BREACH_BYTES: Final = 6 * 1024
"""Of JSON: a rejection travels in a state's Cause, of 32 KiB with all that is around it."""
PROFILE_BYTES: Final = 64 * 1024
"""Of JSON: a state's answer may have 256 KiB."""


@dataclass(frozen=True)
class ExecutionInfo:
    """The execution that a record comes from. `started_at` stays the same over its redrives."""

    arn: str
    started_at: str


def processed(
    upload: Upload,
    counted: Counted,
    checksum: str | None,
    declared: dict[str, Any] | None,
    execution: ExecutionInfo,
    *,
    checked: Checked | None = None,
) -> dict[str, Any]:
    """The record of a counted file; what its sender declared of it was compared.

    `checked` is what was found of its values, where its contract has field rules; what its rules
    tolerate is in `breaches`. `processed_at` is when its execution started, so that a retry writes
    the same again.
    """
    return {
        **_common(upload, "processed", execution),
        "format": counted.format,
        "compression": counted.compression,
        "encoding": counted.encoding,
        "records": counted.records,
        "columns": capped(counted.columns),
        "columns_total": None if counted.columns is None else len(counted.columns),
        "ragged_rows": counted.ragged_rows,
        "delimiter": counted.delimiter,
        "warnings": list(counted.warnings),
        "uncompressed_bytes": counted.uncompressed_bytes,
        "checksum": checksum,
        "declared": declared,
        "profile": None if checked is None else within(checked.profiled(), PROFILE_BYTES),
        "breaches": None if checked is None else within(checked.found(), BREACH_BYTES),
    }


def rejected(upload: Upload, why: InvalidFile, execution: ExecutionInfo) -> dict[str, Any]:
    """The record of a file that cannot be processed."""
    return {
        **_common(upload, "rejected", execution),
        "format": None,
        "compression": None,
        "encoding": None,
        "records": None,
        "columns": None,
        "uncompressed_bytes": None,
        "checksum": None,
        "error": {"code": why.code.value, "message": why.message},
        "breaches": within(why.breaches, BREACH_BYTES) or None,
    }


def duplicate(upload: Upload, execution: ExecutionInfo) -> dict[str, Any]:
    """The marker of an event that was ignored, since its object version is processed."""
    return _common(upload, "duplicate", execution)


def _common(upload: Upload, status: str, execution: ExecutionInfo) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": status,
        **upload.to_json(),
        "processed_at": execution.started_at,
        "execution_arn": execution.arn,
    }


def within(rows: Iterable[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """The first of them, as many as so many bytes of JSON have room for."""
    kept = []
    for row in rows:
        size -= len(json.dumps(row))
        if size < 0:
            break
        kept.append(row)
    return kept


def capped(columns: tuple[str, ...] | None) -> list[str] | None:
    """The first column names, as many as a state's payload has room for."""
    if columns is None:
        return None
    kept, size = [], 0
    for name in columns[:COLUMN_LIMIT]:
        text = name.encode(errors="replace")  # a lone surrogate, as JSON allows, is no text
        size += len(text)
        if size > COLUMN_BYTES:
            break
        kept.append(text.decode())
    return kept
