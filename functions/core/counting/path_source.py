"""A file of this machine as a source."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES: Final = 1 << 20


class PathSource:
    """An open file."""

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
