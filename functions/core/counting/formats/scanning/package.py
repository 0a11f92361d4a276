"""The parts of an office document, found as its standard says (ECMA-376, part 2, OPC).

A part is found by a relationship, never by its usual name; names are compared without case.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from functions.core.counting.formats.scanning import archive
from functions.core.counting.formats.scanning.binary import malformed
from functions.core.counting.formats.scanning.xml import XmlPart
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator, Mapping

    from functions.core.counting.formats.scanning.source import TimedSource

PART_LIMIT: Final = 16 << 20
"""Bytes of a part that is kept, as relationships are; that of a sheet is in xlsx.py."""


@dataclass(frozen=True)
class Relationship:
    """One part's link to another: its kind (the type's last word) and the other's name."""

    kind: str
    target: str


class Package:
    """An open archive as parts with relationships."""

    def __init__(self, opened: zipfile.ZipFile, source: TimedSource) -> None:
        self._archive = opened
        self._source = source
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for part in opened.filelist:
            self._parts.setdefault(_normal(part.filename), part)

    def relationships(self, name: str = "") -> dict[str, Relationship]:
        """Those of a part, by their ids; of the package itself without a name.

        Raises:
            InvalidFile: MALFORMED_FILE.
        """
        folder, base = posixpath.split(name)
        found: dict[str, Relationship] = {}

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            if tag.endswith("}Relationship") and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                target = posixpath.join("/", folder, unquote(attributes.get("Target", "")))
                found[attributes.get("Id", "")] = Relationship(kind, _normal(target))

        self.parse(posixpath.join(folder, "_rels", f"{base}.rels"), start)
        return found

    def parse(self, name: str, start: Callable[[str, Mapping[str, str]], None]) -> None:
        """Read all tags of a small part.

        Raises:
            InvalidFile: MALFORMED_FILE, DECOMPRESSION_LIMIT.
        """
        part = XmlPart(name, start)
        for piece in self.content(name, PART_LIMIT):
            part.feed(piece)
        part.finish()

    def content(self, name: str, limit: int) -> Iterator[bytes]:
        """A part's bytes.

        Raises:
            InvalidFile: MALFORMED_FILE (there is no such part), DECOMPRESSION_LIMIT.
        """
        part = self._parts.get(_normal(name))
        if part is None:
            raise malformed(f"the archive has no {name}", "save the workbook anew")
        given = 0
        for piece in archive.content_of(self._archive, part, self._source):
            given += len(piece)
            if given > limit:
                message = f"{name} is over {limit >> 20} MiB: save the table as csv"
                raise InvalidFile(RejectionCode.DECOMPRESSION_LIMIT, message)
            yield piece


def _normal(name: str) -> str:
    """A part's name as it is compared, without the slash that it begins with."""
    return posixpath.normpath(posixpath.join("/", name.replace("\\", "/"))).lstrip("/").lower()
