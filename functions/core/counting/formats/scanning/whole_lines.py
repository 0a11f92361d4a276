"""Text cut at line ends, a long line by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LINE_LIMIT = 64 << 20
"""A line longer than this is not read into memory."""

LONG_LINE = 1 << 20
"""From here on a line is handed on alone: joined to others it would be copied."""


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The text cut at line ends, a long line by itself; the last piece may lack a line end.

    Raises:
        InvalidFile: TOO_LARGE, for a line over LINE_LIMIT bytes.
    """
    held = bytearray()
    for block in blocks:
        start = block.find(b"\n") + 1 if len(held) > LONG_LINE else 0
        if start:
            yield _taken(held, block[:start])
        end = block.rfind(b"\n") + 1
        if end > start:
            yield _taken(held, memoryview(block)[start:end])
        held += block[end:]
        if len(held) > LINE_LIMIT:
            message = f"one line is over {LINE_LIMIT >> 20} MiB: write one JSON value a line"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
    if held:
        yield _taken(held, b"")


def _taken(held: bytearray, more: bytes | memoryview) -> bytes:
    """What was held with what follows it; nothing is held any more."""
    text = b"".join((held, more))
    held.clear()
    return text
