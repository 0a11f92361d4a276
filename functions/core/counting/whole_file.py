"""Count the records of a file: streamed, exact, in constant memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting import zipped
from functions.core.counting.compression import compression_of, decompressed, peeked
from functions.core.counting.counted import Counted
from functions.core.counting.deadline import NO_DEADLINE
from functions.core.counting.detection import check_inside
from functions.core.counting.formats.registry import BY_NAME
from functions.core.counting.signatures import HEAD_BYTES, refuse_archive
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.deadline import Deadline
    from functions.core.counting.detection import Detected
    from functions.core.counting.formats.scanning.source import Source

NOTHING_INSIDE: Final = "there is nothing inside: upload it once there is something to count"


class Unwrapped:
    """A source whose content is decompressed as it is read, its bytes and the time counted."""

    def __init__(
        self, source: Source, detected: Detected, deadline: Deadline = NO_DEADLINE
    ) -> None:
        self.size = source.size
        self.given = 0
        wrapping = detected.compression
        self.layers: tuple[str, ...] = () if wrapping is None else (wrapping,)
        self._detected = detected
        self._taken = 0
        self._source = source
        self._deadline = deadline

    def blocks(self) -> Iterator[bytes]:
        """The content inside, in blocks.

        Raises:
            InvalidFile: of the compression, and TOO_SLOW.
        """
        for block in self._inside():
            self.given += len(block)
            self.check_time()
            yield block

    def read(self, start: int, length: int) -> bytes:
        """Some of it; only of what is not compressed."""
        self._taken = start
        self.check_time()
        return self._source.read(start, length)

    def check_time(self) -> None:
        """End the count where its time is over.

        Raises:
            InvalidFile: TOO_SLOW, with the place in the file as it is stored.
        """
        self._deadline.check(self._taken, self.size)

    def _inside(self) -> Iterator[bytes]:
        """The content within one layer of compression, or two: a Content-Encoding may add one."""
        if not self.layers:
            return self._stored()
        head, blocks = self._unpacked(self.layers[0], self._stored())
        second = compression_of(head)
        if second is None:
            check_inside(self._detected, head)
            return blocks
        self.layers = (self.layers[0], second)
        head, blocks = self._unpacked(second, blocks)
        if compression_of(head) is not None:
            message = "compressed more than twice: compress the file once, and upload it anew"
            raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
        check_inside(self._detected, head)
        return blocks

    def _unpacked(self, name: str, blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
        """The first bytes inside of a layer, and all of it."""
        if name == zipped.NAME:
            inside = zipped.unzipped(self)
        else:
            inside = decompressed(blocks, name, self.check_time)
        head, inside = peeked(inside, HEAD_BYTES)
        refuse_archive(head, name)
        return head, inside

    def _stored(self) -> Iterator[bytes]:
        for block in self._source.blocks():
            self._taken += len(block)
            yield block


def count_source(detected: Detected, source: Source, deadline: Deadline = NO_DEADLINE) -> Counted:
    """Count a file as it was detected to be, within the time that there is.

    Raises:
        InvalidFile: the file is rejected, with its code.
    """
    found = BY_NAME[detected.format]
    content = Unwrapped(source, detected, deadline)
    result = found.count(content, detected.reading)
    if found.text and content.given == 0:
        raise InvalidFile(RejectionCode.EMPTY_FILE, NOTHING_INSIDE)
    return Counted(
        format=result.format or found.name,
        compression="+".join(content.layers) or None,
        encoding=result.encoding,
        records=result.records,
        columns=result.columns,
        ragged_rows=result.ragged_rows,
        uncompressed_bytes=content.given if found.text else source.size,
        delimiter=result.delimiter,
        warnings=result.warnings,
    )
