"""Count a file of this machine as the pipeline would: for `tally count`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from functions.core.counting.detection import HEAD_BYTES, detect, with_defaults
from functions.core.counting.whole_file import count_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from functions.core.contracts.contract import Contract
    from functions.core.counting.counted import Counted

BLOCK_BYTES = 1 << 20


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


def count_path(
    path: Path, contract: Contract | None = None, content_type: str | None = None
) -> Counted:
    """Count a file of this machine, which has to be what the contract says.

    `content_type` is what its sender would declare.

    Raises:
        InvalidFile: the file would be rejected, with its code.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        source = PathSource(stream)
        defaults = None if contract is None else contract.content_type
        declared = with_defaults(content_type, defaults)
        detected = detect(path.name, source.read(0, HEAD_BYTES), declared)
        if contract is not None:
            contract.check_upload(detected.format, source.size)
        counted = count_source(detected, source)
    if contract is not None:
        counted = contract.named(counted)
        contract.check_counted(counted)
    return counted
