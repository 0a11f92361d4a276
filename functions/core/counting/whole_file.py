"""Count the records of a file: streamed, exact, in constant memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.core.counting.compression import decompressed
from functions.core.counting.detection import HEAD_BYTES, Detected, detect
from functions.core.counting.formats.registry import BY_NAME
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from functions.core.contracts.contract import Contract
    from functions.core.counting.formats.base import Source

BLOCK_BYTES = 1 << 20


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


class Unwrapped:
    """A source whose content is decompressed as it is read, and its bytes counted."""

    def __init__(self, source: Source, compression: str | None) -> None:
        self.size = source.size
        self.given = 0
        self._source = source
        self._compression = compression

    def blocks(self) -> Iterator[bytes]:
        """The content inside, in blocks."""
        blocks = self._source.blocks()
        if self._compression is not None:
            blocks = decompressed(blocks, self._compression)
        for block in blocks:
            self.given += len(block)
            yield block

    def read(self, start: int, length: int) -> bytes:
        """Some of it; only of what is not compressed."""
        return self._source.read(start, length)


def count_source(detected: Detected, source: Source) -> Counted:
    """Count a file as it was detected to be.

    Raises:
        InvalidFile: the file is rejected, with its code.
    """
    found = BY_NAME[detected.format]
    content = Unwrapped(source, detected.compression)
    result = found.count(content, detected.reading)
    if found.text and content.given == 0:
        raise InvalidFile(RejectionCode.EMPTY_FILE, "there is nothing inside")
    return Counted(
        format=found.name,
        compression=detected.compression,
        encoding=detected.reading.encoding if found.text else None,
        records=result.records,
        columns=result.columns,
        ragged_rows=result.ragged_rows,
        uncompressed_bytes=content.given if found.text else source.size,
    )


class PathSource:
    """A file of this machine."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.size = stream.seek(0, os.SEEK_END)

    def blocks(self) -> Iterator[bytes]:
        """All of it, in blocks."""
        self._stream.seek(0)
        while block := self._stream.read(BLOCK_BYTES):
            yield block

    def read(self, start: int, length: int) -> bytes:
        """Some of it."""
        self._stream.seek(start)
        return self._stream.read(length)


def count_path(path: Path, contract: Contract | None = None) -> Counted:
    """Count a file of this machine, which has to be what the contract says.

    Raises:
        InvalidFile: the file would be rejected, with its code.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        source = PathSource(stream)
        detected = detect(path.name, source.read(0, HEAD_BYTES))
        if contract is not None:
            contract.check_upload(detected.format, source.size)
        counted = count_source(detected, source)
    if contract is not None:
        contract.check_counted(counted)
    return counted
