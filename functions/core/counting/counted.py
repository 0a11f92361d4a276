"""What was counted: a value that imports nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counted:
    """What was counted. `uncompressed_bytes` is the size of the content inside.

    `delimiter` is that of a table; `warnings` say what may have been meant otherwise.
    """

    format: str
    compression: str | None
    encoding: str | None
    records: int
    columns: tuple[str, ...] | None
    ragged_rows: int | None
    uncompressed_bytes: int
    delimiter: str | None = None
    warnings: tuple[str, ...] = ()
