"""txt and log: lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.decoding import lines_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def count(blocks: Iterator[bytes], reading: Reading) -> Result:
    """Count lines, the unended last one too.

    Raises:
        InvalidFile: BAD_ENCODING.
    """
    return Result(sum(1 for _ in lines_of(text_of(blocks, reading.encoding))))


TXT = Format("txt", (".txt", ".text"), count)
LOG = Format("log", (".log",), count)
