"""JSON values one after the other, however they are laid out: read as they come.

Objects and arrays say themselves where they end, so nothing need stand between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.json_values import SPACE, value_end
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE_LIMIT: Final = 64 << 20
"""One value longer than this is not read into memory."""


class ValueStream:
    """Counts the values of a text. `adjacent` says that some had no line end between them."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.values = 0
        self.adjacent = False
        self._blocks = blocks
        self._text = ""
        self._done = 0  # characters before the text
        self._last = ""
        self._line_ended = False

    def count(self) -> int:
        """All values.

        Raises:
            InvalidFile: MALFORMED_JSON, TOO_LARGE.
        """
        at = 0
        while True:
            begin = SPACE.match(self._text, at).end()  # type: ignore[union-attr]
            end = None if begin == len(self._text) else value_end(self._text, begin)
            if end is not None:
                self._take(at, begin)
                at = end
                continue
            self._forget(at, begin)
            at = 0
            if not self._more():
                if self._text.strip():
                    raise self._malformed("no object or array, or not all of one")
                return self.values

    def _take(self, at: int, begin: int) -> None:
        """Count the value that begins there, after white space from `at` on."""
        kind = self._text[begin]
        apart = self.values == 0 or self._ends_line(at, begin)
        if kind not in "{[" or not (apart or self._last == kind == "{"):
            raise self._malformed("a value that is no object or array, or not on a line of its own")
        self.adjacent = self.adjacent or not apart
        self.values, self._last, self._line_ended = self.values + 1, kind, False

    def _ends_line(self, at: int, begin: int) -> bool:
        """Whether a line ends in white space, or did in what was forgotten before it."""
        between = self._text[at:begin]
        return self._line_ended or "\n" in between or "\r" in between

    def _forget(self, at: int, begin: int) -> None:
        """Let go of what was counted, and of white space."""
        self._line_ended = self._ends_line(at, begin)
        self._done += begin
        self._text = self._text[begin:]

    def _more(self) -> bool:
        """Twice as much text, so that a long value is looked at seldom; whether there was any."""
        wanted, pieces, size = 2 * len(self._text) + 1, [self._text], len(self._text)
        while size < wanted and (block := next(self._blocks, None)) is not None:
            pieces.append(block.decode())
            size += len(pieces[-1])
        grown = size > len(self._text)
        self._text = "".join(pieces)
        if len(pieces[0]) > VALUE_LIMIT:
            message = f"one value is over {VALUE_LIMIT >> 20} MiB: write smaller ones, one a line"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
        return grown

    def _malformed(self, what: str) -> InvalidFile:
        message = (
            f"after {self.values:,} JSON values, at about character {self._done:,}: {what}:"
            " write one JSON value a line"
        )
        return InvalidFile(RejectionCode.MALFORMED_JSON, message)
