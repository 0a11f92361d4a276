"""orc: rows, from the footer alone (ORC specification v1, "File Tail")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning import block_codecs
from functions.core.counting.formats.scanning.binary import malformed, truncated
from functions.core.counting.formats.scanning.protobuf import content, fields, number
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"ORC"
TAIL_BYTES: Final = 16 << 10
"""Read at once: the postscript (at most 255 bytes), and the footer of most files."""

FOOTER_LIMIT: Final = 16 << 20
BLOCK_LIMIT: Final = 8 << 20
"""Bytes of one compressed block, whose length has 23 bits, when it is decompressed."""

NONE, LZO, BROTLI = 0, 3, 6
CODECS: Final = {
    1: block_codecs.inflate,
    2: block_codecs.snappy,
    4: block_codecs.lz4,
    5: block_codecs.zstd,
}
ROWS_A_BYTE: Final = 520
"""The most rows that a byte of a stripe can hold: 130 bytes of 8 flags each in a run of two bytes
("Boolean Run Length Encoding")."""

RATIO: Final = 43_691
"""The most that a codec makes of a byte: Zstandard's block of 128 KiB takes 3."""


def count(source: Source, reading: Reading) -> Result:
    """Read the rows and the top-level columns off the footer.

    Raises:
        InvalidFile: TRUNCATED (no footer at the end), MALFORMED_FILE, UNSUPPORTED_FORMAT (one
            that is compressed by LZO or Brotli).
    """
    del reading
    rows, held, columns = 0, 0, None
    footer, codec = footer_of(source)
    for field, value in fields(footer):
        if field == 3:  # noqa: PLR2004 - the fields' numbers are those of orc_proto.proto
            held += _stripe(content(value), source.size, codec)
        elif field == 4 and columns is None:  # noqa: PLR2004
            columns = _columns(content(value))
        elif field == 6:  # noqa: PLR2004
            rows = number(value)
    if rows != held:
        message = f"the footer says {rows} rows, its stripes {held}"
        raise malformed(message)
    return Result(rows, columns)


def footer_of(source: Source) -> tuple[bytes, int]:
    """The footer, decompressed, and the number of its codec.

    Raises:
        InvalidFile: TRUNCATED, MALFORMED_FILE, UNSUPPORTED_FORMAT.
    """
    tail = source.read(max(source.size - TAIL_BYTES, 0), TAIL_BYTES)
    size = tail[-1] + 1
    if len(tail) < size or not tail[-size:-1].endswith(MAGIC):
        raise truncated("there is no ORC footer at the end")
    post = {field: value for field, value in fields(tail[-size:-1]) if isinstance(value, int)}
    length, codec = post.get(1, 0), post.get(2, NONE)
    if length > min(source.size - size, FOOTER_LIMIT):
        raise malformed("the footer's length is absurd")
    if length + size > len(tail):
        tail = source.read(source.size - size - length, length + size)
    return _decompressed(tail[-size - length : -size], codec), codec


def _decompressed(stored: bytes, codec: int) -> bytes:
    """The content of blocks with heads of three bytes ("Compression")."""
    if codec == NONE:
        return stored
    if codec not in CODECS:
        name = {LZO: "LZO", BROTLI: "Brotli"}.get(codec, f"codec {codec}")
        message = f"the ORC file is compressed by {name}: write it with zlib, snappy or zstd"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    out, at = b"", 0
    while at < len(stored):
        head = int.from_bytes(stored[at : at + 3], "little")
        block = stored[at + 3 : at + 3 + (head >> 1)]
        at += 3 + (head >> 1)
        out += block if head & 1 else CODECS[codec](block, BLOCK_LIMIT)
        if len(out) > FOOTER_LIMIT:
            raise malformed("the footer is over 16 MiB", "write the table as several files")
    return out


def _stripe(message: bytes, size: int, codec: int) -> int:
    """The rows of a stripe.

    Raises:
        InvalidFile: MALFORMED_FILE, if it lies outside of the file or cannot hold them.
    """
    values = {field: number(value) for field, value in fields(message)}
    rows, length = values.get(5, 0), sum(values.get(field, 0) for field in (2, 3, 4))
    if values.get(1, 0) + length > size:
        raise malformed("a stripe lies outside of the file", "upload the whole file")
    if rows > length * ROWS_A_BYTE * (1 if codec == NONE else RATIO):
        raise malformed(f"a stripe of {length} bytes cannot hold {rows} rows")
    return rows


def _columns(root: bytes) -> tuple[str, ...] | None:
    """The names of the root's fields."""
    names = [content(value) for field, value in fields(root) if field == 3]  # noqa: PLR2004
    return tuple(name.decode(errors="replace") for name in names) or None


FORMAT = Format("orc", (".orc",), count, (MAGIC,))
