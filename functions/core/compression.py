"""Compressed blocks to plain ones, bounded: a bomb costs bounded time and memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GZIP_MAGIC = b"\x1f\x8b"
GZIP = 31  # zlib's window bits for the gzip container
STEP_BYTES = 1 << 20
RATIO_LIMIT = 250
FREE_BYTES = 64 << 20


def compression_of(head: bytes) -> str | None:
    """What the first bytes say of compression; None for plain content."""
    return "gzip" if head.startswith(GZIP_MAGIC) else None


def gunzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip file of any number of members (RFC 1952), a step at a time.

    Raises:
        InvalidFile: CORRUPT_COMPRESSION, TRUNCATED, DECOMPRESSION_LIMIT (over RATIO_LIMIT bytes
            for each compressed one, once FREE_BYTES came out).
    """
    taken = given = 0
    inflate: zlib._Decompress | None = None
    for block in blocks:
        taken += len(block)
        data = block
        while data:
            if inflate is None:
                data = data.lstrip(b"\0")  # padding between members
                if not data:
                    break
                inflate = zlib.decompressobj(GZIP)
            piece = _step(inflate, data)
            given += len(piece)
            _check_ratio(taken, given)
            if piece:
                yield piece
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            inflate = None if inflate.eof else inflate
    if inflate is not None:
        raise InvalidFile(RejectionCode.TRUNCATED, "the gzip content ends before its end")


def _step(inflate: zlib._Decompress, data: bytes) -> bytes:
    try:
        return inflate.decompress(data, STEP_BYTES)
    except zlib.error as error:
        raise InvalidFile(RejectionCode.CORRUPT_COMPRESSION, f"gzip: {error}") from error


def _check_ratio(taken: int, given: int) -> None:
    if given > FREE_BYTES and given > taken * RATIO_LIMIT:
        message = f"over {RATIO_LIMIT} bytes come out of each compressed one"
        raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
