"""A zip archive of one file: a way to compress, as people and their systems use it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.archive import EMPTY, MAGIC, content_of, opened
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import TimedSource

NAME: Final = "zip"
MAGICS: Final = (MAGIC, EMPTY)
EXTENSION: Final = ".zip"
LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
"""APPNOTE 6.3, 4.3.7: signature, version, flags, method, time, date, crc, sizes, lengths."""


def is_content(name: str) -> bool:
    """Whether a part is a file of the sender's: no folder, and nothing that macOS adds."""
    hidden = name.startswith("__MACOSX/") or name.rpartition("/")[2] == ".DS_Store"
    return not name.endswith("/") and not hidden


def first_name(head: bytes) -> str | None:
    """The name of the first file, as the first bytes of an archive say it; None if they do not."""
    at = 0
    while head[at : at + 4] == MAGIC and len(head) >= at + LOCAL_HEADER.size:
        fields = LOCAL_HEADER.unpack_from(head, at)
        compressed, name_length, extra_length = fields[7], fields[9], fields[10]
        start = at + LOCAL_HEADER.size
        name = head[start : start + name_length].decode(errors="replace")
        if is_content(name):
            return name
        at = start + name_length + extra_length + compressed
    return None


def unzipped(source: TimedSource) -> Iterator[bytes]:
    """The content of the only file.

    Raises:
        InvalidFile: UNSUPPORTED_FORMAT (several files), EMPTY_FILE, and those of an archive.
    """
    with opened(source, RejectionCode.CORRUPT_COMPRESSION) as archive:
        yield from content_of(archive, _only(archive), source)


def _only(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    parts = [part for part in archive.filelist if is_content(part.filename)]
    if not parts:
        raise InvalidFile(RejectionCode.EMPTY_FILE, "the zip archive is empty: upload its file")
    if len(parts) > 1:
        message = (
            f"a zip archive of {len(parts)} files: upload each file by itself, or zipped by itself"
        )
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    return parts[0]
