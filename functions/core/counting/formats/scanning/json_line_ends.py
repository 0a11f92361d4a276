"""Where the lines of JSON text end: in a value, or between two?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from functions.core.counting.formats.scanning.json_commas import (
    BACKSLASH,
    CLOSING,
    ESCAPE,
    OPENING,
    QUOTE,
    brackets,
    net,
)
from functions.core.counting.formats.scanning.masks import (
    WORD_BITS,
    Masks,
    between,
    counts_before,
    positions,
    shifted,
)

NEWLINE, SPACE = ord("\n"), ord(" ")
BLANKS: Final = b" \t"


@dataclass(frozen=True)
class Lines:
    """The ends of the lines: how many, whether any line can be blank, whether all are outside.

    `outside` says that no line ends inside of brackets.
    """

    ended: int
    maybe_blank: bool
    outside: bool


class LineEnds:
    """Looks at the line ends of text whose values are valid, piece by piece."""

    def __init__(self) -> None:
        self._masks = Masks()

    def between_objects(self, text: bytes, values: int) -> bool:
        """Whether each of so many lines is one object, as most are.

        After the `}` of an inner object no `{` may follow. So a line end with these around it is
        inside of no value, and where all are such, no line is blank.
        """
        if not (text.startswith(b"{") and text.endswith(b"}\n")):
            return False
        data = np.frombuffer(text, np.uint8)
        newlines = self._masks.of(data, NEWLINE)
        if net(newlines) != values or (newlines & ~shifted(self._masks.of(data, CLOSING[1]))).any():
            return False
        newlines[-1] ^= np.uint64(1) << np.uint64((len(text) - 1) % WORD_BITS)  # nothing follows it
        return not (shifted(newlines) & ~self._masks.of(data, OPENING[1])).any()

    def look(self, text: bytes) -> Lines:
        """All that can be said of them."""
        plain = ESCAPE.sub(b"__", text) if BACKSLASH in text else text
        data = np.frombuffer(plain, np.uint8)
        newlines = self._masks.of(data, NEWLINE)
        spaces = shifted(self._masks.where(np.less_equal, data, SPACE))
        quotes = self._masks.of(data, QUOTE)
        up, down = brackets(data, self._masks, ~between(quotes, start_inside=False))
        ends = positions(newlines)
        return Lines(
            ended=len(ends),
            maybe_blank=bool((newlines & spaces).any())
            or text[:1].isspace()
            or text[-1:] in BLANKS,
            outside=bool((counts_before(up, ends) == counts_before(down, ends)).all()),
        )
