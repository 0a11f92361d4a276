"""OLE containers: what Excel wrote before 2007, and what it still puts around a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
"""The stream that holds a workbook with a password ([MS-OFFCRYPTO], 2.3.4.4)."""


def rejection(source: Source) -> InvalidFile:
    """What such a workbook is rejected with."""
    message = "an old Excel workbook (.xls): save it as .xlsx or .csv"
    if _holds(source, ENCRYPTED):
        message = "the workbook is protected by a password: save it without one"
    return InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)


def _holds(source: Source, name: bytes) -> bool:
    """Whether the directory has a name; it lies anywhere, and no other place has such a text."""
    last = b""
    for block in source.blocks():
        last = last[-len(name) :] + block
        if name in last:
            return True
    return False
