"""Count the records of a file: streamed, exact, in constant memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.counting.compression import decompressed
from functions.core.counting.counted import Counted
from functions.core.counting.formats.registry import BY_NAME
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.detection import Detected
    from functions.core.counting.formats.scanning.source import Source


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
