"""A zip archive in a source, read where it lies, with what could be large in it bounded."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.binary import Pieces, malformed, truncated
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import TimedSource

MAGIC: Final = b"PK\x03\x04"
EMPTY: Final = b"PK\x05\x06"
"""How an archive begins that holds nothing."""

DIRECTORY_LIMIT: Final = 2 << 20
"""Bytes of an archive's directory, which zipfile reads at once and takes apart."""

WHOLE_BYTES: Final = 8 << 20
"""An archive up to this is read at once: its parts lie here and there, a request each."""

PARTS_LIMIT: Final = 10_000
STEP_BYTES: Final = 1 << 18
ENCRYPTED: Final = 0x1
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Ways to compress a part (ECMA-376, part 2, on ZIP); others might take much memory."""

UNREADABLE: Final = (
    zlib.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What zipfile raises of a damaged archive, beside BadZipFile."""


class SourceFile(io.RawIOBase):
    """A source as the file that zipfile reads."""

    def __init__(self, source: TimedSource) -> None:
        super().__init__()
        whole = source.size <= WHOLE_BYTES
        self._content = source.read(0, source.size) if whole else b""
        self._pieces = None if whole else Pieces(source)
        self._size = source.size
        self._at = 0

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place.

        Raises:
            OSError: it lies before the file's beginning, counted from its end.
            ValueError: the same, counted from elsewhere.
        """
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:  # zipfile expects what files raise and what BytesIO raises
            raise (OSError if whence == io.SEEK_END else ValueError)("a place before the file")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes, or all up to the end.

        Raises:
            InvalidFile: MALFORMED_FILE, if they are more than any directory or step takes.
        """
        rest = max(self._size - self._at, 0)
        wanted = rest if size is None or size < 0 else min(size, rest)
        if wanted > DIRECTORY_LIMIT:
            raise malformed("the archive's directory is over 2 MiB", "make it with fewer files")
        if self._pieces is None:
            piece = self._content[self._at : self._at + wanted]
        else:
            piece = self._pieces.read(self._at, wanted)
        self._at += len(piece)
        return piece


@contextmanager
def opened(
    source: TimedSource, damaged: RejectionCode = RejectionCode.MALFORMED_FILE
) -> Iterator[zipfile.ZipFile]:
    """The archive; what zipfile raises while it is used becomes a rejection.

    Raises:
        InvalidFile: TRUNCATED (no directory at the end), or `damaged`.
    """
    again = "make it anew and upload it"
    try:
        with zipfile.ZipFile(SourceFile(source)) as archive:
            if len(archive.filelist) > PARTS_LIMIT:
                raise malformed(f"an archive of over {PARTS_LIMIT} parts", "make it with fewer")
            yield archive
    except zipfile.BadZipFile as error:
        if str(error) == "File is not a zip file":
            raise truncated("the zip archive has no end") from error
        raise InvalidFile(damaged, f"the zip archive is damaged ({error}): {again}") from error
    except UNREADABLE as error:
        raise InvalidFile(damaged, f"the zip archive is damaged ({error}): {again}") from error


def content_of(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, source: TimedSource
) -> Iterator[bytes]:
    """A part's content, a step at a time.

    Raises:
        InvalidFile: UNSUPPORTED_FORMAT (encrypted, or another way to compress), TOO_SLOW.
    """
    if part.flag_bits & ENCRYPTED:
        raise _unsupported("the zip archive is protected by a password: make it without one")
    if part.compress_type not in METHODS:
        method = f"method {part.compress_type} of APPNOTE 4.4.5"
        raise _unsupported(f"the zip archive is compressed by {method}: make it with deflate")
    with archive.open(part) as stream:
        while piece := stream.read(STEP_BYTES):
            source.check_time()
            yield piece


def _unsupported(message: str) -> InvalidFile:
    return InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
