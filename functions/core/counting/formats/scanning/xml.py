"""XML parts read as a stream by expat, with all refused that makes a small file large.

A document type can declare entities and default attributes, and expat copies a default of megabytes
into every tag. No part of an office document has one (ECMA-376, part 2, "XML Usage"), so it is
refused before any of it is expanded: it can stand before the first tag alone, and up to there the
parser gets a few bytes at a time. What expat keeps (open tags, a token not yet at its end, each
name that it met) is bounded. Beside the five of XML itself there are then no entities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from functions.core.counting.formats.scanning.binary import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEPTH_LIMIT: Final = 256
TOKEN_LIMIT: Final = 4 << 20
NAMES_LIMIT: Final = 10_000
PROLOG_STEP: Final = 512
"""Bytes that the parser gets at once up to the first tag."""


class XmlPart:
    """A part's parser; `start` gets the name (`namespace}name`) and the attributes of each tag.

    A caller may set handlers of `parser` beside those, but for the two of tags.
    """

    def __init__(
        self,
        what: str,
        start: Callable[[str, Mapping[str, str]], None],
        end: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_document_type
        self.parser.StartNamespaceDeclHandler = lambda *_: None  # so that its names are known
        self._what = what
        self._on_start, self._on_end = start, end
        self._depth = self._fed = 0
        self._in_prolog = True

    def feed(self, piece: bytes) -> None:
        """Parse the next bytes.

        Raises:
            InvalidFile: MALFORMED_FILE.
        """
        at = 0
        while self._in_prolog and at < len(piece):
            self._feed(piece[at : at + PROLOG_STEP])
            at += PROLOG_STEP
        self._feed(piece[at:])

    def finish(self) -> None:
        """Parse the end.

        Raises:
            InvalidFile: MALFORMED_FILE, if it is not at its end.
        """
        self._parse(b"", final=True)

    def _feed(self, piece: bytes) -> None:
        self._parse(piece, final=False)
        self._fed += len(piece)
        if self._fed - self.parser.CurrentByteIndex > TOKEN_LIMIT:
            raise self._refused(f"has a tag of over {TOKEN_LIMIT >> 20} MiB")
        if len(self.parser.intern) > NAMES_LIMIT:
            raise self._refused(f"has over {NAMES_LIMIT} names of its own")

    def _parse(self, piece: bytes, *, final: bool) -> None:
        try:
            self.parser.Parse(piece, final)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: its encoding
            raise self._refused(f"is not XML ({error})") from error

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._in_prolog = False
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise self._refused("is nested too deep")
        self._on_start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._on_end(name)

    def _refuse_document_type(self, *_: object) -> None:
        raise self._refused("declares a document type")

    def _refused(self, why: str) -> Exception:
        return malformed(f"{self._what} {why}", "save the workbook anew by Excel or LibreOffice")
