"""Reading of little binary structures, with a rejection where the bytes end too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Source

VARINT_BYTES = 10
GOING_ON = bytes(range(0x80, 0x100))
SHORTEST_PIECE = 4 << 10
LONGEST_PIECE = 1 << 20


def malformed(what: str, advice: str = "write the file anew") -> InvalidFile:
    """The rejection of a file whose structure is not what its format says, with what to do."""
    return InvalidFile(RejectionCode.MALFORMED_FILE, f"{what}: {advice}")


def truncated(what: str, advice: str = "upload the whole file") -> InvalidFile:
    """The rejection of a file that ends too early, with what to do."""
    return InvalidFile(RejectionCode.TRUNCATED, f"{what}: {advice}")


class Cursor:
    """Reads a piece of bytes from its start."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, length: int) -> bytes:
        """The next bytes.

        Raises:
            InvalidFile: TRUNCATED; MALFORMED_FILE for a length below 0.
        """
        if length < 0:
            raise malformed("a length is below zero")
        piece = self.data[self.at : self.at + length]
        if len(piece) < length:
            raise truncated("the structure ends before its end")
        self.at += length
        return piece

    def varint(self) -> int:
        """An unsigned number of 64 bits, 7 of them a byte, lowest first.

        Raises:
            InvalidFile: TRUNCATED; MALFORMED_FILE for one of more bits.
        """
        number = 0
        for place in range(VARINT_BYTES):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << (7 * place)
            if byte < 0x80 and number < 1 << 64:  # noqa: PLR2004 - the high bit: more follows
                return number
        raise malformed("a number has more than 64 bits")

    def skip_varints(self, number: int) -> None:
        """Pass over so many numbers at once: each ends with the next byte below 128.

        Raises:
            InvalidFile: TRUNCATED.
        """
        while number:
            piece = self.take(min(number, LONGEST_PIECE))
            number -= len(piece.translate(None, GOING_ON))

    def zigzag(self) -> int:
        """A signed number: 0, -1, 1, -2, ... as 0, 1, 2, 3, ..."""
        number = self.varint()
        return (number >> 1) ^ -(number & 1)


class Pieces:
    """Reads here and there, going on: little blocks with one request for many, large ones skipped.

    A piece doubles while the next place is within what another of its size would hold.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._step = SHORTEST_PIECE
        self._start = 0
        self._piece = b""

    def read(self, start: int, length: int) -> bytes:
        """Some of the source; fewer bytes at its end."""
        at = start - self._start
        if at < 0 or at + length > len(self._piece):
            ahead = at <= len(self._piece) + self._step
            self._step = min(self._step * 2, LONGEST_PIECE) if ahead else SHORTEST_PIECE
            self._piece = self._source.read(start, max(self._step, length))
            self._start, at = start, 0
        return self._piece[at : at + length]


class Window:
    """Reads a source from its start, a piece at a time, skipping what is not wanted."""

    def __init__(self, source: Source, piece_bytes: int) -> None:
        self.source = source
        self.piece_bytes = piece_bytes
        self.offset = 0

    def cursor(self, least: int = 1) -> Cursor:
        """A cursor at the offset, over at least so many bytes."""
        data = self.source.read(self.offset, max(self.piece_bytes, least))
        if len(data) < least:
            raise truncated("the file ends before its end")
        return Cursor(data)
