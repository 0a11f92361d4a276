"""xlsx: rows of the first sheet that hold anything, less the header (ECMA-376).

The sheet's XML is read as a stream by expat. What could make a small file large (entities, a high
compression ratio, a huge archive) is refused.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.binary import malformed, truncated
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"PK\x03\x04"
ARCHIVE_LIMIT: Final = 64 << 20
"""An archive larger than this is not read into memory."""

CENTRAL_HEADER: Final = b"PK\x01\x02"
PARTS_LIMIT: Final = 10_000
PART_LIMIT: Final = 4 << 20
SHEET_LIMIT: Final = 2 << 30
RATIO_LIMIT: Final = 250
DEPTH_LIMIT: Final = 256
TOKEN_LIMIT: Final = 4 << 20
NAMES_LIMIT: Final = 10_000
"""expat keeps what is open, a token that is not at its end, and every name that it met."""

STEP: Final = 1 << 18
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

RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def count(source: Source, reading: Reading) -> Result:
    """Count the rows with a value in them.

    Raises:
        InvalidFile: TOO_LARGE, TRUNCATED, MALFORMED_FILE, DECOMPRESSION_LIMIT.
    """
    if source.size > ARCHIVE_LIMIT:
        message = f"a workbook of over {ARCHIVE_LIMIT >> 20} MiB"
        raise InvalidFile(RejectionCode.TOO_LARGE, message)
    content = source.read(0, source.size)
    if content.count(CENTRAL_HEADER) > PARTS_LIMIT:
        raise malformed(f"an archive of over {PARTS_LIMIT} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            rows = _rows(archive, first_sheet(archive))
    except zipfile.BadZipFile as error:
        raise truncated(f"not a whole zip archive: {error}") from error
    except UNREADABLE as error:
        raise malformed(f"the archive cannot be read: {error}") from error
    return Result(max(rows - 1, 0) if reading.header else rows)


def first_sheet(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The part that holds the workbook's first sheet."""
    workbook = _tree(archive, "xl/workbook.xml")
    sheet = next(workbook.iterfind(".//{*}sheet"), None)
    relation = None if sheet is None else sheet.get(RELATION)
    for each in _tree(archive, "xl/_rels/workbook.xml.rels").iterfind(".//{*}Relationship"):
        if each.get("Id") == relation:
            target = str(each.get("Target", ""))
            return _part(archive, posixpath.normpath(posixpath.join("/xl", target))[1:])
    raise malformed("the workbook has no first sheet")


def _rows(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    counter = _RowCounter()
    with archive.open(part) as stream:
        for piece in _bounded(stream, part):
            counter.feed(piece)
    return counter.finish()


class _RowCounter:
    """Counts `row` elements that have a cell with a value."""

    def __init__(self) -> None:
        self.rows = 0
        self._filled = False
        self._depth = self._fed = 0
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = _refuse_entities
        self._parser.StartNamespaceDeclHandler = lambda *_: None  # so that its names are known

    def feed(self, piece: bytes) -> None:
        self._parse(piece, final=False)
        self._fed += len(piece)
        if self._fed - self._parser.CurrentByteIndex > TOKEN_LIMIT:
            raise malformed(f"a tag of the sheet is over {TOKEN_LIMIT >> 20} MiB")
        if len(self._parser.intern) > NAMES_LIMIT:
            raise malformed(f"the sheet has over {NAMES_LIMIT} names of its own")

    def finish(self) -> int:
        self._parse(b"", final=True)
        return self.rows

    def _parse(self, piece: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(piece, final)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: its encoding
            raise malformed(f"the sheet is not XML: {error}") from error

    def _start(self, name: str, _: object) -> None:
        if name.endswith(("}v", "}is")):
            self._filled = True
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise malformed("the sheet is nested too deep")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.endswith("}row"):
            self.rows += self._filled
            self._filled = False


def _refuse_entities(*_: object) -> None:
    raise malformed("the sheet declares entities")


def _bounded(stream: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    given = 0
    while piece := stream.read(STEP):
        given += len(piece)
        if given > SHEET_LIMIT or given > PART_LIMIT + part.compress_size * RATIO_LIMIT:
            message = "the sheet is far larger than its archive"
            raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
        yield piece


def _tree(archive: zipfile.ZipFile, name: str) -> ET.Element:
    part = _part(archive, name)
    with archive.open(part) as stream:
        text = stream.read(PART_LIMIT + 1)
    if len(text) > PART_LIMIT or b"<!ENTITY" in text or b"<!DOCTYPE" in text:
        raise malformed(f"{name} is not a part of a workbook")
    try:
        return ET.fromstring(text)  # noqa: S314 - bounded, and without a document type
    except (ET.ParseError, LookupError, ValueError) as error:
        raise malformed(f"{name} is not XML: {error}") from error


def _part(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        part = archive.getinfo(name)
    except KeyError as error:
        raise malformed(f"the archive has no {name}") from error
    if part.compress_type not in METHODS:
        raise malformed(f"{name} is compressed in a way that no workbook is")
    return part


FORMAT = Format("xlsx", (".xlsx",), count, (MAGIC,))
