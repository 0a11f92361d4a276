"""Compressed blocks to plain ones, in bounded memory.

gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878), each as any number of members one after the
other, as bgzip, pigz, pzstd and `xz -T` write them. A compression is recognised by its magic bytes.

Bounded are the memory, what comes out of a file, and by the caller's deadline the time. The ratio
is not: a table of zeros compresses a thousandfold, and is an honest file.
"""

from __future__ import annotations

import bz2
import lzma
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from functions.core.counting.decompressors import (
    DamagedError,
    Inflate,
    NeedsMemoryError,
    Zstd,
    failure,
    xz,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STEP_BYTES: Final = 1 << 20
SHORTEST_SLICE: Final = 4 << 10
OUTPUT_LIMIT: Final = 64 << 30
"""Bytes that may come out of a file: more than a call can read in its 15 minutes."""

SKIPPABLE: Final = tuple(bytes([number]) + b"\x2a\x4d\x18" for number in range(0x50, 0x60))
"""Frames of Zstandard without content (RFC 8878, "Skippable Frames"); pzstd begins with one."""


@dataclass(frozen=True)
class Compression:
    """One way to compress: its name, extensions, magic bytes, and what makes a decompressor.

    `smaller` says how to compress so that a function has the memory to decompress.
    """

    name: str
    extensions: tuple[str, ...]
    magics: tuple[bytes, ...]
    make: Callable[[], Any]
    smaller: str = ""

    def may_begin(self, head: bytes) -> bool:
        """Whether a member may begin so; the head may be shorter than the magic bytes."""
        return any(head.startswith(each) or each.startswith(head) for each in self.magics)


COMPRESSIONS: Final = (
    Compression("gzip", (".gz", ".gzip"), (b"\x1f\x8b\x08",), Inflate),
    Compression("bzip2", (".bz2",), (b"BZh",), bz2.BZ2Decompressor),
    Compression("xz", (".xz",), (b"\xfd7zXZ\x00",), xz, "xz -9"),
    Compression(
        "zstd", (".zst", ".zstd"), (b"\x28\xb5\x2f\xfd", *SKIPPABLE), Zstd, "zstd --long=27"
    ),
)
BY_NAME: Final = {each.name: each for each in COMPRESSIONS}
LONGEST_MAGIC: Final = max(len(magic) for each in COMPRESSIONS for magic in each.magics)


def compression_of(head: bytes) -> str | None:
    """What the first bytes say of compression; None for plain content."""
    found = (each.name for each in COMPRESSIONS if head.startswith(each.magics))
    return next(found, None)


def decompressed(
    blocks: Iterable[bytes], name: str, check_time: Callable[[], None] = lambda: None
) -> Iterator[bytes]:
    """The content, a step at a time; `check_time` is called at each, whatever comes out of it.

    Raises:
        InvalidFile: CORRUPT_COMPRESSION, TRUNCATED, DECOMPRESSION_LIMIT.
    """
    return _Stream(BY_NAME[name], check_time).over(blocks)


def peeked(blocks: Iterator[bytes], length: int) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, so many where there are, and all blocks from the first on."""
    taken: list[bytes] = []
    while sum(map(len, taken)) < length:
        block = next(blocks, None)
        if block is None:
            break
        taken.append(block)
    return b"".join(taken)[:length], chain(taken, blocks)


class _Stream:
    """Members one after the other."""

    def __init__(self, compression: Compression, check_time: Callable[[], None]) -> None:
        self._compression = compression
        self._check_time = check_time
        self._given = 0
        self._member: Any = None
        self._begun = b""
        self._slice = SHORTEST_SLICE

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            at = 0
            while at < len(block):
                self._check_time()
                piece = block[at : at + self._slice]
                yield from self._of_member(piece)
                at += len(piece) - self._unused()
        if self._member is not None or self._begun:
            message = (
                f"the {self._compression.name} content ends before its end: upload the whole file"
            )
            raise InvalidFile(RejectionCode.TRUNCATED, message)

    def _unused(self) -> int:
        """How much of the slice lies behind the member's end.

        That is copied to be known, so slices are short at first: a file may be all short members.
        """
        if self._member is None or not self._member.eof:
            self._slice = min(self._slice * 2, STEP_BYTES)
            return 0
        left = len(self._member.unused_data)
        self._member, self._slice = None, SHORTEST_SLICE
        return left

    def _of_member(self, data: bytes) -> Iterator[bytes]:
        if self._member is None:
            data = self._begin(data)
        if self._member is None:
            return
        piece = self._step(data)
        while piece or not (self._member.eof or self._member.needs_input):
            if piece:
                self._check_output(len(piece))
                yield piece
            if self._member.eof or self._member.needs_input:
                return
            piece = self._step(b"")

    def _begin(self, data: bytes) -> bytes:
        """A new member, once the bytes are there that say that it is one; all its bytes."""
        data = self._begun + (data if self._begun else data.lstrip(b"\0"))  # padding
        if not self._compression.may_begin(data[:LONGEST_MAGIC]):
            raise self._corrupt(f"after {self._given:,} bytes of content comes something else")
        if len(data) < LONGEST_MAGIC and not data.startswith(self._compression.magics):
            self._begun = data
            return b""
        self._begun = b""
        self._member = self._compression.make()
        return data

    def _step(self, data: bytes) -> bytes:
        name = self._compression.name
        try:
            return bytes(self._member.decompress(data, STEP_BYTES))
        except (DamagedError, NeedsMemoryError, OSError, EOFError, lzma.LZMAError) as error:
            if isinstance(failure(error), NeedsMemoryError):
                message = (
                    f"{name}: its window takes more than the 128 MiB of memory that there are for"
                    f" it: compress it by `{self._compression.smaller}` or less"
                )
                raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message) from error
            raise self._corrupt(str(error)) from error

    def _corrupt(self, what: str) -> InvalidFile:
        name = self._compression.name
        message = f"{name}: {what}: test the file by `{name} -t`, and upload it anew"
        return InvalidFile(RejectionCode.CORRUPT_COMPRESSION, message)

    def _check_output(self, length: int) -> None:
        self._given += length
        if self._given > OUTPUT_LIMIT:
            message = f"over {OUTPUT_LIMIT >> 30} GiB come out of it: split the file"
            raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
