"""The decompressors of one member each, with one interface and one error.

A decompressor has `decompress(data, max_length)`, `eof`, `unused_data` and `needs_input`, as those
of the standard library have.
"""

from __future__ import annotations

import lzma
import sys
from typing import Any, Final

XZ_MEMORY_BYTES: Final = 128 << 20
WINDOW_LOG: Final = 27
"""The longest window of a Zstandard frame: 128 MiB. RFC 8878 ("Window Descriptor") asks 8 MiB of
every decoder, `zstd --long` takes 128 MiB, and more a function of 256 MB has no room for."""

ZSTD_HEAD_BYTES: Final = 18
"""The longest head of a frame, its magic bytes included (RFC 8878, "Frame_Header")."""

TOO_MUCH_MEMORY: Final = ("Memory usage limit exceeded", "requires too much memory")
"""What liblzma and libzstd say of a window over the limit."""


class DamagedError(ValueError):
    """The data is not what the decompressor can read."""


class NeedsMemoryError(ValueError):
    """The data is well, but decompressing takes more memory than there is for it."""


class Inflate:
    """zlib's decompressor with the interface of the others."""

    def __init__(self) -> None:
        from isal import isal_zlib  # noqa: PLC0415 - only gzip needs it

        self._inflate = isal_zlib.decompressobj(wbits=31)
        self._error: Any = isal_zlib.error
        self._left = b""

    @property
    def eof(self) -> bool:
        """Whether the member's end was reached."""
        return bool(self._inflate.eof)

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the member's end."""
        return bytes(self._inflate.unused_data)

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of what was given."""
        return not self._left

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes of what the data and what was left of it give.

        Raises:
            DamagedError: the data is no gzip.
        """
        try:
            piece = bytes(self._inflate.decompress(self._left + data, max_length))
        except self._error as error:
            raise DamagedError(str(error)) from error
        self._left = bytes(self._inflate.unconsumed_tail)
        return piece


def xz() -> lzma.LZMADecompressor:
    """One that refuses what takes too much memory."""
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)


class Zstd:
    """Zstandard's decompressor, which checks that a frame holds as much as its head says.

    The library checks only a frame that it gets in one piece: a frame that ends too early would
    be counted or rejected by where the blocks happen to end.
    """

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415 - only Zstandard needs it
        else:
            from backports import zstd  # noqa: PLC0415
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW_LOG}
        self._frame = zstd.ZstdDecompressor(options=options)
        self._info = zstd.get_frame_info
        self._error = zstd.ZstdError
        self._head = b""
        self._given = 0

    @property
    def eof(self) -> bool:
        """Whether the member's end was reached."""
        return bool(self._frame.eof)

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the member's end."""
        return bytes(self._frame.unused_data)

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of what was given."""
        return bool(self._frame.needs_input)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes of the content.

        Raises:
            DamagedError: the data is no frame, or the frame holds less or more than it says.
            NeedsMemoryError: the frame's window is over the limit.
        """
        self._head += data[: ZSTD_HEAD_BYTES - len(self._head)]
        try:
            piece = bytes(self._frame.decompress(data, max_length))
        except self._error as error:
            raise failure(error) from error
        self._given += len(piece)
        if self.eof and self._info(self._head).decompressed_size not in {None, self._given}:
            raise DamagedError("a frame does not hold as much as it says")
        return piece


def failure(error: Exception) -> DamagedError | NeedsMemoryError:
    """The error of ours for one of a library's."""
    text = str(error)
    return (
        NeedsMemoryError(text)
        if any(each in text for each in TOO_MUCH_MEMORY)
        else DamagedError(text)
    )
