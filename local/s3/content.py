"""An object's content in a file, which moto takes and keeps in place of bytes."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

IN_MEMORY_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class FileContent:
    """A file that is the object's own from now on, and how many bytes it has."""

    file: IO[bytes]
    size: int

    @classmethod
    def joined(cls, parts: Sequence[Any]) -> FileContent:
        """Moto's parts one after another, in a file of their own."""
        file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - the object's own
        for part in parts:
            with part.lock:
                part._value_buffer.seek(0)  # noqa: SLF001 - moto offers the whole value only
                shutil.copyfileobj(part._value_buffer, file)  # noqa: SLF001 - as above
        return cls(file, file.tell())


class FileSlice:
    """A part of a file, read as moto reads a part of an upload."""

    def __init__(self, file: IO[bytes], begin: int, size: int) -> None:
        self._file = file
        self._begin = begin
        self._size = size
        self._at = 0

    def seek(self, position: int) -> None:
        """Go on from there, counted from the slice's begin."""
        self._at = position

    def read(self, amount: int = -1) -> bytes:
        """So many bytes, or all that is left."""
        left = self._size - self._at
        self._file.seek(self._begin + self._at)
        data = self._file.read(left if amount < 0 else min(left, amount))
        self._at += len(data)
        return data

    def close(self) -> None:
        """Nothing: the file is the object's."""
