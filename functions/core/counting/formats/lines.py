"""txt and log: lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.decoding import newline_blocks, utf8_blocks

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Source


def count(source: Source, reading: Reading) -> Result:
    """Count lines, the unended last one too.

    Raises:
        InvalidFile: BAD_ENCODING.
    """
    lines, last = 0, b"\n"
    for block in newline_blocks(utf8_blocks(source.blocks(), reading.encoding)):
        lines += block.count(b"\n")
        last = block[-1:]
    return Result(lines + (last != b"\n"))


TXT = Format("txt", (".txt", ".text"), count)
LOG = Format("log", (".log",), count)
