"""jsonl and ndjson: non-blank lines, each valid JSON (RFC 8259)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode
from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.decoding import newline_blocks, utf8_blocks
from functions.core.formats.json_values import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.core.formats.base import Source

LINE_LIMIT = 64 << 20
"""A line longer than this is not read into memory."""


def count(source: Source, reading: Reading) -> Result:
    """Count the lines that hold a value.

    Raises:
        InvalidFile: MALFORMED_JSON with the line's number, BAD_ENCODING, TOO_LARGE.
    """
    records = number = 0
    for lines in batches(newline_blocks(utf8_blocks(source.blocks(), reading.encoding))):
        for line in lines:
            number += 1
            if not line or line.isspace():
                continue
            problem = problem_of(line)
            if problem is not None:
                message = f"line {number} is not JSON: {problem}"
                raise InvalidFile(RejectionCode.MALFORMED_JSON, message)
            records += 1
    return Result(records)


def batches(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines of each block, those over its end with the next.

    Raises:
        InvalidFile: TOO_LARGE, for a line over LINE_LIMIT bytes.
    """
    parts: list[bytes] = []
    held = 0
    for block in blocks:
        lines = block.split(b"\n")
        parts.append(lines[0])
        held += len(lines[0])
        if held > LINE_LIMIT:
            message = f"one line is over {LINE_LIMIT >> 20} MiB"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
        if len(lines) > 1:
            lines[0] = b"".join(parts)
            last = lines.pop()
            parts, held = [last], len(last)
            yield lines
    yield [b"".join(parts)]


FORMAT = Format("jsonl", (".jsonl", ".ndjson"), count)
