"""What a format is to the rest: a name, extensions, and a way to count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.core.counting.formats.scanning.table_dialect import PLAIN, TableDialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from functions.core.counting.formats.scanning.source import Parts, TimedSource

Json = Any
"""A value that JSON can hold."""


@dataclass(frozen=True)
class Reading:
    """How to read a file: its charset, whether its first row names the columns, its delimiter.

    A delimiter of None is to be found in the text. `dialect` is the rest of how a table is written.
    """

    encoding: str = "utf-8"
    header: bool = True
    delimiter: str | None = None
    dialect: TableDialect = PLAIN


@dataclass(frozen=True)
class Result:
    """What was found: records, column names (None where a format has none), rows of odd width.

    `encoding` is of a text. `format` is set where the content is of another format than the name
    says. `warnings` are for people: what was read so, and may have been meant otherwise.
    """

    records: int
    columns: tuple[str, ...] | None = None
    ragged_rows: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    format: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """The bytes of one range, from `start` on; `last` says that the file ends with them."""

    blocks: Iterator[bytes]
    start: int
    last: bool


class Splitter:
    """How a large file of a format is counted in pieces: cut, read one by one, merged.

    `how` is what all pieces have to know of the file, as JSON.
    """

    def look(self, source: Parts, reading: Reading) -> Json:
        """What the pieces have to know, by the file's beginning.

        Raises:
            InvalidFile: the file is rejected for its beginning.
        """
        del source, reading
        return {}

    def begins(self, how: Json) -> int:
        """The bytes at the file's beginning that belong to no record."""
        del how
        return 0

    def boundary(self, source: Parts, place: int) -> int:
        """The first place from here on where a piece may begin; the same for both neighbours."""
        raise NotImplementedError

    def read(self, piece: Piece, reading: Reading, how: Json) -> Json:
        """What a piece knows of its text.

        Raises:
            InvalidFile: the file is rejected for it.
        """
        raise NotImplementedError

    def merge(self, found: Iterable[Json], reading: Reading, how: Json, source: Parts) -> Result:
        """What all pieces of a file, in order, come to.

        Raises:
            InvalidFile: the file is rejected.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Format:
    """One format. `count` raises InvalidFile for a bad file.

    A text format may be compressed and has no `magic`; another begins with one of its magic bytes.
    Where its reader `judges_nul`, a NUL does not make a file binary. Of `prose` any text is
    content, a page of HTML, too. One with a `splitter` is counted in byte ranges, if it is large.
    """

    name: str
    extensions: tuple[str, ...]
    count: Callable[[TimedSource, Reading], Result]
    magic: tuple[bytes, ...] = ()
    splitter: Splitter | None = None
    prose: bool = False
    judges_nul: bool = False

    @property
    def text(self) -> bool:
        """Whether it is text."""
        return not self.magic
