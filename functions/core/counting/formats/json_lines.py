"""jsonl and ndjson: non-blank lines, each valid JSON (RFC 8259)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.counting.formats.base import Format, Reading, Result, Splitter
from functions.core.counting.formats.scanning.boundaries import line_boundary
from functions.core.counting.formats.scanning.decoding import newline_blocks, text_of, utf8_blocks
from functions.core.counting.formats.scanning.json_by_line import ADJACENT, malformed_line
from functions.core.counting.formats.scanning.line_pieces import Values, read_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.core.counting.formats.base import Json, Piece
    from functions.core.counting.formats.scanning.source import Parts, Source


def count(source: Source, reading: Reading) -> Result:
    """Count the lines that hold a value.

    Raises:
        InvalidFile: MALFORMED_JSON with the line's number, BAD_ENCODING, TOO_LARGE.
    """
    text = text_of(source.blocks(), reading.encoding)
    return _result(read_values(newline_blocks(text.blocks)), text.encoding)


def _result(values: Values, encoding: str) -> Result:
    if values.wrong is not None:
        raise malformed_line(*values.wrong)
    warnings = (ADJACENT,) if values.adjacent else ()
    return Result(values.records, encoding=encoding, warnings=warnings)


class _LinesOfJson(Splitter):
    """A file cut where lines begin."""

    def boundary(self, source: Parts, place: int) -> int:
        """Where a line begins."""
        return line_boundary(source, place)

    def read(self, piece: Piece, reading: Reading, how: Json) -> Json:
        """The values of whole lines, up to the first bad one."""
        del how
        text = utf8_blocks(piece.blocks, reading.encoding, piece.start)
        return read_values(newline_blocks(text)).to_json()

    def merge(self, found: Iterable[Json], reading: Reading, how: Json, source: Parts) -> Result:
        """All values, or the first bad line's rejection."""
        del how, source
        values = Values()
        for each in found:
            values = values.then(Values(**each))
            if values.wrong is not None:
                break
        return _result(values, reading.encoding)


FORMAT = Format("jsonl", (".jsonl", ".ndjson"), count, splitter=_LinesOfJson())
