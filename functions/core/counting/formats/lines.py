"""txt and log: lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result, Splitter
from functions.core.counting.formats.scanning import line_pieces
from functions.core.counting.formats.scanning.boundaries import character_boundary
from functions.core.counting.formats.scanning.decoding import newline_blocks, text_of, utf8_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.core.counting.formats.base import Json, Piece
    from functions.core.counting.formats.scanning.source import Parts, Source

NUL: Final = "NUL bytes, which text seldom has: is the charset declared?"


def count(source: Source, reading: Reading) -> Result:
    """Count lines, the unended last one too.

    Raises:
        InvalidFile: BAD_ENCODING.
    """
    text = text_of(source.blocks(), reading.encoding)
    lines, last, nul = 0, b"\n", False
    for block in newline_blocks(text.blocks):
        lines += block.count(b"\n")
        last = block[-1:]
        nul = nul or 0 in block
    warnings = (NUL,) if nul else ()
    return Result(lines + (last != b"\n"), encoding=text.encoding, warnings=warnings)


class _Lines(Splitter):
    """A file cut between characters."""

    def boundary(self, source: Parts, place: int) -> int:
        """Where a character begins."""
        return character_boundary(source, place)

    def read(self, piece: Piece, reading: Reading, how: Json) -> Json:
        """The line ends of a piece."""
        del how
        text = utf8_blocks(piece.blocks, reading.encoding, piece.start)
        return line_pieces.read_lines(newline_blocks(text)).to_json()

    def merge(self, found: Iterable[Json], reading: Reading, how: Json, source: Parts) -> Result:
        """All lines."""
        del how, source
        lines = line_pieces.Lines()
        for each in found:
            lines = lines.then(line_pieces.Lines(**each))
        warnings = (NUL,) if lines.nul else ()
        return Result(lines.records, encoding=reading.encoding, warnings=warnings)


TXT = Format("txt", (".txt", ".text"), count, splitter=_Lines(), prose=True, judges_nul=True)
LOG = Format("log", (".log",), count, splitter=_Lines(), prose=True, judges_nul=True)
