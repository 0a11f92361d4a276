"""xlsx: rows of the first visible worksheet with a value in them, less the header (ECMA-376).

Transitional and Strict workbooks (ISO 29500) differ in their namespaces alone, so names count
without theirs. A formula is a value, whether the writer kept its result or not; an empty `v` is
none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning import archive, ole
from functions.core.counting.formats.scanning.binary import malformed
from functions.core.counting.formats.scanning.package import Package
from functions.core.counting.formats.scanning.xml import XmlPart
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.core.counting.formats.scanning.source import TimedSource

SHEET_LIMIT: Final = 2 << 30
"""Bytes of a sheet's XML: what a call of the function has the time for."""

HIDDEN: Final = frozenset({"hidden", "veryHidden"})


def count(source: TimedSource, reading: Reading) -> Result:
    """Count the rows with a value in them.

    Raises:
        InvalidFile: TRUNCATED, MALFORMED_FILE, DECOMPRESSION_LIMIT, TOO_SLOW, UNSUPPORTED_FORMAT
            (a password, or an older format).
    """
    if source.read(0, len(ole.MAGIC)) == ole.MAGIC:
        raise ole.rejection(source)
    with archive.opened(source) as opened:
        package = Package(opened, source)
        rows = _rows(package, first_sheet(package))
    return Result(max(rows - 1, 0) if reading.header else rows)


def first_sheet(package: Package) -> str:
    """The part that holds the first visible worksheet.

    Raises:
        InvalidFile: MALFORMED_FILE, UNSUPPORTED_FORMAT.
    """
    kinds = package.relationships().values()
    book = next((each.target for each in kinds if each.kind == "officeDocument"), None)
    if book is None:
        raise malformed("the archive is no office document", "save the table as .xlsx")
    if book.endswith(".bin"):
        message = "a binary workbook (.xlsb): save it as .xlsx"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    links = package.relationships(book)
    for relation in _visible_sheets(package, book):
        if relation in links and links[relation].kind == "worksheet":
            return links[relation].target
    raise malformed("the workbook has no visible worksheet", "show one, and save it")


def _visible_sheets(package: Package, book: str) -> list[str]:
    """The relationships of the sheets, in the order of their tabs."""
    found: list[str] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag.endswith("}sheet") and attributes.get("state") not in HIDDEN:
            ids = (value for name, value in attributes.items() if name.endswith("ships}id"))
            found.append(next(ids, ""))

    package.parse(book, start)
    return found


def _rows(package: Package, name: str) -> int:
    counter = _RowCounter()
    for piece in package.content(name, SHEET_LIMIT):
        counter.part.feed(piece)
    counter.part.finish()
    return counter.rows


class _RowCounter:
    """Counts `row` elements that have a cell with a value or a formula."""

    def __init__(self) -> None:
        self.rows = 0
        self._filled = False
        self.part = XmlPart("the sheet", self._start, self._end)
        self._parser = self.part.parser

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        if self._filled:
            return
        if name.endswith(("}v", "}t")):
            self._parser.CharacterDataHandler = self._text
        elif name.endswith("}f"):
            self._filled = True

    def _text(self, _: str) -> None:
        self._filled = True
        self._parser.CharacterDataHandler = None

    def _end(self, name: str) -> None:
        if name.endswith("}row"):
            self.rows += self._filled
            self._filled = False
        elif not self._filled:
            self._parser.CharacterDataHandler = None


FORMAT = Format("xlsx", (".xlsx", ".xlsm"), count, (archive.MAGIC, ole.MAGIC))
