"""The record of one object version: what is stored of a file, never part of its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.core.counting.counted import Counted
    from functions.core.errors import InvalidFile
    from functions.core.uploads import Upload

SCHEMA_VERSION = 1
COLUMN_LIMIT = 1000
COLUMN_BYTES = 16 * 1024


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
) -> dict[str, Any]:
    """The record of a counted file; what its sender declared of it was compared.

    `processed_at` is when its execution started, so that a retry writes the same again.
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
