"""Count the records of a file: streamed, exact, in constant memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.core.compression import gunzip
from functions.core.detection import HEAD_BYTES, Detected, detect
from functions.core.errors import InvalidFile, RejectionCode
from functions.core.formats.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Counted:
    """What was counted. `uncompressed_bytes` is the size of the content inside."""

    format: str
    compression: str | None
    encoding: str | None
    records: int
    columns: tuple[str, ...] | None
    ragged_rows: int | None
    uncompressed_bytes: int


class _Meter:
    """Counts the bytes that go by."""

    def __init__(self) -> None:
        self.size = 0

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.size += len(block)
            yield block


def count_blocks(detected: Detected, blocks: Iterable[bytes]) -> Counted:
    """Count a file's blocks, as they are stored.

    Raises:
        InvalidFile: the file is rejected, with its code.
    """
    found = BY_NAME[detected.format]
    meter = _Meter()
    plain = gunzip(blocks) if detected.compression == "gzip" else blocks
    result = found.count(meter.over(plain), detected.reading)
    if meter.size == 0:
        raise InvalidFile(RejectionCode.EMPTY_FILE, "there is nothing inside")
    return Counted(
        format=found.name,
        compression=detected.compression,
        encoding=detected.reading.encoding if found.text else None,
        records=result.records,
        columns=result.columns,
        ragged_rows=result.ragged_rows,
        uncompressed_bytes=meter.size,
    )


def count_path(path: Path) -> Counted:
    """Count a file of this machine.

    Raises:
        InvalidFile: the file would be rejected, with its code.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        detected = detect(path.name, stream.read(HEAD_BYTES))
        stream.seek(0)
        return count_blocks(detected, iter(lambda: stream.read(BLOCK_BYTES), b""))
