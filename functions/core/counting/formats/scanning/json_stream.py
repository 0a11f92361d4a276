"""JSON values one after the other, however they are laid out: read as they come.

Objects and arrays say themselves where they end, so nothing need stand between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.json_values import (
    moved,
    past_space,
    value_end,
    without_surrogates,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.json_values import Text

VALUE_LIMIT: Final = 64 << 20
"""One value longer than this is not read into memory."""

OBJECT, ARRAY = ord("{"), ord("[")


class ValueStream:
    """Counts the values of a text. `adjacent` says that some had no line end between them.

    `values` are those before the text, `place` is where in the file it begins, and `last` is the
    first byte of the value that it directly follows, if any.
    """

    def __init__(
        self, blocks: Iterator[bytes], values: int = 0, place: int = 0, last: int | None = None
    ) -> None:
        self.values = values
        self.adjacent = False
        self._blocks = blocks
        self._text: Text = b""
        self._whole = False  # all text is read
        self._place = place
        self._last = last
        self._line_ended = last is None  # since the last value

    def count(self) -> int:
        """All values.

        Raises:
            InvalidFile: MALFORMED_JSON, TOO_LARGE.
        """
        while not self._whole:
            self._read_more()
            self._take_values()
        return self.values

    def _read_more(self) -> None:
        """Twice as much text, so that a long value is looked at seldom."""
        wanted, pieces, size = 2 * len(self._text) + 1, [self._text], len(self._text)
        while size < wanted and not self._whole:
            block = next(self._blocks, None)
            self._whole = block is None
            pieces.append(block or b"")
            size += len(pieces[-1])
        self._text = without_surrogates(b"".join(pieces))

    def _take_values(self) -> None:
        """Count the values that the text holds whole, and let go of them."""
        at = 0
        while (begin := past_space(self._text, at)) < len(self._text):
            apart = self._ends_line(at, begin)
            end = self._end_of_value(begin, apart=apart)
            if end is None:
                break
            self.adjacent = self.adjacent or not apart
            self.values, self._last, self._line_ended = self.values + 1, self._text[begin], False
            at = end
        self._line_ended = self._ends_line(at, begin)
        self._place += begin
        self._text = self._text[begin:]

    def _ends_line(self, at: int, begin: int) -> bool:
        """Whether a line ends in white space, or did in what was let go of before it."""
        between = self._text[at:begin]
        return self._line_ended or b"\n" in between or b"\r" in between

    def _end_of_value(self, begin: int, *, apart: bool) -> int | None:
        """Where a value ends that may stand there; None if there has to be more text."""
        kind = self._text[begin]
        if kind not in {OBJECT, ARRAY}:
            raise self._malformed(begin, "neither an object nor an array")
        if not (apart or self._last == kind == OBJECT):
            raise self._malformed(begin, "a value that is not on a line of its own")
        try:
            end = value_end(self._text, begin, whole=self._whole)
        except ValueError as error:
            raise self._malformed(begin, moved(str(error), self._place + begin)) from error
        if (end or len(self._text)) - begin > VALUE_LIMIT:
            message = f"one value is over {VALUE_LIMIT >> 20} MiB: write smaller ones, one a line"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
        return end

    def _malformed(self, begin: int, what: str) -> InvalidFile:
        before = f"{self.values:,} JSON value{'s' if self.values != 1 else ''}"
        place = f"after {before}, at about byte {self._place + begin:,}"
        return InvalidFile(
            RejectionCode.MALFORMED_JSON, f"{place}: {what}: write one JSON value a line"
        )
