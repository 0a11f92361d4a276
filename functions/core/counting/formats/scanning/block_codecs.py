"""What a footer may be compressed by, a block at a time, with a bound on what comes out.

Snappy and LZ4 are read by code of our own: cramjam, which has both, is 4.4 MB of the layer, and a
footer has a few kilobytes.
"""

from __future__ import annotations

import sys
import zlib
from typing import Final

from functions.core.counting.formats.scanning.binary import Cursor, malformed

LONG: Final = 15
"""In LZ4, a length of so many goes on in the next bytes; in Snappy, 59 is the last short one."""

SNAPPY_SHORT: Final = 60
LEAST_MATCH: Final = 4


def inflate(block: bytes, most: int) -> bytes:
    """Raw deflate (RFC 1951).

    Raises:
        InvalidFile: MALFORMED_FILE.
    """
    try:
        return zlib.decompressobj(-15).decompress(block, most)
    except zlib.error as error:
        raise _damaged("zlib") from error


def zstd(block: bytes, most: int) -> bytes:
    """A frame of Zstandard (RFC 8878).

    Raises:
        InvalidFile: MALFORMED_FILE.
    """
    if sys.version_info >= (3, 14):
        from compression import zstd as library  # noqa: PLC0415 - only Zstandard needs it
    else:
        from backports import zstd as library  # noqa: PLC0415
    try:
        return bytes(library.ZstdDecompressor().decompress(block, most))
    except library.ZstdError as error:
        raise _damaged("zstd") from error


def snappy(block: bytes, most: int) -> bytes:
    """A raw block of Snappy (google/snappy, format_description.txt).

    Raises:
        InvalidFile: MALFORMED_FILE, TRUNCATED.
    """
    cursor, out = Cursor(block), bytearray()
    size = cursor.varint()
    while cursor.at < len(block) and len(out) <= min(size, most):
        tag = cursor.take(1)[0]
        if tag & 3 == 0:
            length = tag >> 2
            if length >= SNAPPY_SHORT:
                length = _little(cursor, length - SNAPPY_SHORT + 1)
            out += cursor.take(length + 1)
        elif tag & 3 == 1:
            _copy(out, (tag >> 5) << 8 | cursor.take(1)[0], (tag >> 2 & 7) + LEAST_MATCH)
        else:
            _copy(out, _little(cursor, 2 if tag & 3 == 2 else 4), (tag >> 2) + 1)  # noqa: PLR2004
    if len(out) != size:
        raise _damaged("snappy")
    return bytes(out)


def lz4(block: bytes, most: int) -> bytes:
    """A block of LZ4 (lz4_Block_format.md).

    Raises:
        InvalidFile: MALFORMED_FILE, TRUNCATED.
    """
    cursor, out = Cursor(block), bytearray()
    while cursor.at < len(block) and len(out) <= most:
        token = cursor.take(1)[0]
        out += cursor.take(_length(cursor, token >> 4))
        if cursor.at < len(block):  # the last sequence has literals alone
            offset = _little(cursor, 2)
            _copy(out, offset, _length(cursor, token & LONG) + LEAST_MATCH)
    if len(out) > most:
        raise _damaged("lz4")
    return bytes(out)


def _little(cursor: Cursor, width: int) -> int:
    return int.from_bytes(cursor.take(width), "little")


def _length(cursor: Cursor, length: int) -> int:
    while length >= LONG:
        more = cursor.take(1)[0]
        length += more
        if more < 255:  # noqa: PLR2004 - LZ4's mark of a length that goes on
            break
    return length


def _copy(out: bytearray, offset: int, length: int) -> None:
    """Repeat what lies so far back; it may reach into what it makes."""
    if not 0 < offset <= len(out):
        raise malformed("the footer's compression points before its beginning")
    piece = bytes(out[len(out) - offset :][:length])
    out += (piece * (length // len(piece) + 1))[:length]


def _damaged(name: str) -> Exception:
    return malformed(f"the footer's {name} compression is damaged")
