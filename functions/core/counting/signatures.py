"""What content is that is not what its name says, by its first bytes, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from functions.core.counting.formats.scanning import archive, ole
from functions.core.errors import InvalidFile, RejectionCode

HEAD_BYTES: Final = 512
TAR_PLACE: Final = 257
"""Where a tar's first header has its magic bytes (POSIX.1-2017, "ustar Interchange Format")."""

FIRST_PRINTED: Final = 9
"""Bytes below this (a tabulator) are in no text."""

UNPACK: Final = "upload the files in it one by one"
EXPORT: Final = "export the table as csv, and upload that"
PARQUET: Final = "write the table as parquet or csv"
DOWNLOAD: Final = "download the file itself, and upload that"
LFS: Final = "fetch the file itself (git lfs pull), and upload that"
AGAIN: Final = "compress it by gzip or zstd"


@dataclass(frozen=True)
class Signature:
    """Content known by its first bytes: what it is, what its sender can do, and its own kind.

    Where `binary`, the magic bytes are letters that a text may begin with, too: it needs a byte
    near them that no text has.
    """

    magic: bytes
    noun: str
    advice: str
    archive: bool = False
    binary: bool = False

    @property
    def page(self) -> bool:
        """Whether it is a document of tags, whose letters may be of either case."""
        return self.magic.startswith(b"<")


SIGNATURES: Final = (
    Signature(archive.MAGIC, "a zip archive", UNPACK, archive=True),
    Signature(archive.EMPTY, "an empty zip archive", "upload the file itself", archive=True),
    Signature(b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK, archive=True),
    Signature(b"Rar!\x1a\x07", "a rar archive", UNPACK, archive=True),
    Signature(b"\x04\x22\x4d\x18", "compressed by lz4", AGAIN, archive=True),
    Signature(b"\xff\x06\0\0sNaPpY", "compressed by snappy", AGAIN, archive=True),
    Signature(b"\x1f\x9d", "compressed by compress (.Z)", AGAIN, archive=True),
    Signature(b"PAR1", "a Parquet file", "name it .parquet", binary=True),
    Signature(b"Obj\x01", "an Avro file", "name it .avro"),
    Signature(b"ORC", "an ORC file", "name it .orc", binary=True),
    Signature(b"ARROW1\0\0", "an Arrow or Feather file", PARQUET),
    Signature(b"SQLite format 3\0", "a SQLite database", EXPORT),
    Signature(b"\x89HDF\r\n\x1a\n", "an HDF5 file", PARQUET),
    Signature(
        ole.MAGIC, "an old Excel workbook (.xls), or one with a password", "save it as .xlsx"
    ),
    Signature(b"<!doctype html", "an HTML page, perhaps an error message", DOWNLOAD),
    Signature(b"<html", "an HTML page, perhaps an error message", DOWNLOAD),
    Signature(b"<?xml", "an XML document, perhaps an error message", DOWNLOAD),
    Signature(b"<error><code>", "an error message of S3", DOWNLOAD),
    Signature(b"version https://git-lfs.github.com/spec/", "a pointer of Git LFS", LFS),
    Signature(b"%PDF-", "a PDF document", EXPORT),
    Signature(b"\x89PNG\r\n", "a picture (PNG)", EXPORT),
    Signature(b"\xff\xd8\xff", "a picture (JPEG)", EXPORT),
)
WORKBOOK: Final = Signature(archive.MAGIC, "an Excel workbook", "name it .xlsx")
DOCUMENT: Final = Signature(archive.MAGIC, "a Word or PowerPoint file", EXPORT)
TAR: Final = Signature(b"", "a tar archive", UNPACK, archive=True)


def signature_of(head: bytes) -> Signature | None:
    """What the first bytes say; None if they are none that is known here."""
    if head[TAR_PLACE : TAR_PLACE + 5] == b"ustar":
        return TAR
    if is_document(head):
        return DOCUMENT
    if is_workbook(head):
        return WORKBOOK
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:HEAD_BYTES].lower()
    page = next((each for each in SIGNATURES if each.page and start.startswith(each.magic)), None)
    if page is not None:
        return page
    found = (each for each in SIGNATURES if not each.page and head.startswith(each.magic))
    return next((each for each in found if not each.binary or is_binary(head)), None)


def is_binary(head: bytes) -> bool:
    """Whether a byte of the head is in no text."""
    return any(byte < FIRST_PRINTED for byte in head[:HEAD_BYTES])


def is_workbook(head: bytes) -> bool:
    """Whether an archive's first bytes name a part that only a workbook has."""
    named = b"xl/" in head or (b"[Content_Types].xml" in head and not is_document(head))
    return head.startswith(archive.MAGIC) and named


def is_document(head: bytes) -> bool:
    """Whether an archive's first bytes name a part of a Word or PowerPoint file."""
    return head.startswith(archive.MAGIC) and (b"word/" in head or b"ppt/" in head)


def refuse_archive(head: bytes, layer: str) -> None:
    """Say what it is that lies within a layer of compression, where it is no file.

    Raises:
        InvalidFile: UNSUPPORTED_FORMAT.
    """
    found = signature_of(head)
    if found is not None:
        message = f"{found.noun} inside of {layer} is not counted: unpack it, then {found.advice}"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
