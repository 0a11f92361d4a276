"""Compressed blocks to plain ones, bounded: a bomb costs bounded time and memory.

gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878), each as any number of members one after the
other. A wrapping is recognised by its magic bytes.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STEP_BYTES: Final = 1 << 20
RATIO_LIMIT: Final = 250
"""Bytes that may come out for each one taken in, once FREE_BYTES came out."""

FREE_BYTES: Final = 64 << 20
MEMBER_BYTES: Final = 256
"""Bytes that a member must take on average, once there were FREE_MEMBERS: each costs a start."""

FREE_MEMBERS: Final = 1_000_000
SHORTEST_SLICE: Final = 4 << 10
XZ_MEMORY_BYTES: Final = 128 << 20
ZSTD_HEAD_BYTES: Final = 18
"""The longest head of a frame, its magic bytes included (RFC 8878, "Frame_Header")."""


@dataclass(frozen=True)
class Compression:
    """One way to compress: its name, extensions, magic bytes, and what makes a decompressor."""

    name: str
    extensions: tuple[str, ...]
    magic: bytes
    make: Callable[[], Any]


class _Inflate:
    """zlib's decompressor with the interface of the others."""

    def __init__(self) -> None:
        from isal import isal_zlib  # noqa: PLC0415 - only gzip needs it

        self._inflate = isal_zlib.decompressobj(wbits=31)
        self._left = b""

    @property
    def eof(self) -> bool:
        return bool(self._inflate.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inflate.unused_data)

    @property
    def needs_input(self) -> bool:
        return not self._left

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes of what the data and what was left of it give."""
        piece = bytes(self._inflate.decompress(self._left + data, max_length))
        self._left = bytes(self._inflate.unconsumed_tail)
        return piece


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)


class _Zstd:
    """Zstandard's decompressor, seeing to it that a frame holds as much as its head says.

    The library does so only where it gets a frame in one piece: a frame that ends too early would
    be counted or rejected by where the blocks happen to end.
    """

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415 - only Zstandard needs it
        else:
            from backports import zstd  # noqa: PLC0415
        # RFC 8878 ("Window Descriptor") asks 8 MiB of every decoder; `zstd --long` takes 128 MiB,
        # which is the most that a function has room for.
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
        self._frame = zstd.ZstdDecompressor(options=options)
        self._info = zstd.get_frame_info
        self._head = b""
        self._given = 0

    @property
    def eof(self) -> bool:
        return bool(self._frame.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._frame.unused_data)

    @property
    def needs_input(self) -> bool:
        return bool(self._frame.needs_input)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes of the content.

        Raises:
            ValueError: the frame ended, and held less or more than it said.
        """
        self._head += data[: ZSTD_HEAD_BYTES - len(self._head)]
        piece = bytes(self._frame.decompress(data, max_length))
        self._given += len(piece)
        if self.eof and self._info(self._head).decompressed_size not in {None, self._given}:
            raise ValueError("a frame does not hold as much as it says")
        return piece


COMPRESSIONS: Final = (
    Compression("gzip", (".gz", ".gzip"), b"\x1f\x8b", _Inflate),
    Compression("bzip2", (".bz2",), b"BZh", bz2.BZ2Decompressor),
    Compression("xz", (".xz",), b"\xfd7zXZ\x00", _xz),
    Compression("zstd", (".zst", ".zstd"), b"\x28\xb5\x2f\xfd", _Zstd),
)
BY_NAME: Final = {each.name: each for each in COMPRESSIONS}


def compression_of(head: bytes) -> str | None:
    """What the first bytes say of compression; None for plain content."""
    found = (each.name for each in COMPRESSIONS if head.startswith(each.magic))
    return next(found, None)


def decompressed(
    blocks: Iterable[bytes], name: str, check_time: Callable[[], None] = lambda: None
) -> Iterator[bytes]:
    """The content, a step at a time; `check_time` is called at each, whatever comes out of it.

    Raises:
        InvalidFile: CORRUPT_COMPRESSION, TRUNCATED, DECOMPRESSION_LIMIT.
    """
    return _Stream(BY_NAME[name], check_time).over(blocks)


class _Stream:
    """Members one after the other, with the bytes in and out counted."""

    def __init__(self, compression: Compression, check_time: Callable[[], None]) -> None:
        self._compression = compression
        self._check_time = check_time
        self._taken = self._given = self._members = 0
        self._member: Any = None
        self._slice = SHORTEST_SLICE

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._taken += len(block)
            at = 0
            while at < len(block):
                self._check_time()
                piece = block[at : at + self._slice]
                yield from self._of_member(piece)
                at += len(piece) - self._unused()
        if self._member is not None:
            message = f"the {self._compression.name} content ends before its end"
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
            data = data.lstrip(b"\0")  # padding after a member
            if not data:
                return
            self._begin()
        piece = self._step(data)
        while piece or not (self._member.eof or self._member.needs_input):
            self._given += len(piece)
            self._check_ratio()
            if piece:
                yield piece
            if self._member.eof or self._member.needs_input:
                return
            piece = self._step(b"")

    def _begin(self) -> None:
        self._members += 1
        if self._members > FREE_MEMBERS and self._members * MEMBER_BYTES > self._taken:
            message = f"over {FREE_MEMBERS} members of less than {MEMBER_BYTES} bytes"
            raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
        self._member = self._compression.make()

    def _step(self, data: bytes) -> bytes:
        try:
            return bytes(self._member.decompress(data, STEP_BYTES))
        except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
            message = f"{self._compression.name}: {error}"
            raise InvalidFile(RejectionCode.CORRUPT_COMPRESSION, message) from error
        except Exception as error:
            if type(error).__name__ not in {"error", "IsalError", "ZstdError"}:
                raise
            message = f"{self._compression.name}: {error}"
            raise InvalidFile(RejectionCode.CORRUPT_COMPRESSION, message) from error

    def _check_ratio(self) -> None:
        if self._given > FREE_BYTES and self._given > self._taken * RATIO_LIMIT:
            message = f"over {RATIO_LIMIT} bytes come out of each compressed one"
            raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
