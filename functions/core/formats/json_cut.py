"""Where the commas of a JSON text's outermost array are, block by block, without parsing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from functions.core.formats.rows import (
    NEWLINE,
    PADDING,
    WORD_BITS,
    Integers,
    Words,
    between,
    bit,
    counts_before,
    mask,
    positions,
)

ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)
BACKSLASH: Final = b"\\"
QUOTE, COMMA, SPACE = ord('"'), ord(","), ord(" ")
FIRST_LOOK: Final = 16  # words
OPENING, CLOSING = (ord("["), ord("{")), (ord("]"), ord("}"))


class Cutter:
    """Follows strings and nesting through the blocks of an array whose bracket was taken."""

    def __init__(self) -> None:
        self._inside = False
        self._escaped = False
        self._depth = 0

    def last_comma(self, block: bytes) -> int:
        """The place of the block's last comma between elements of the array; -1 for none."""
        if not block:
            return -1
        data = np.frombuffer(self._unescaped(block) + PADDING[: -len(block) % WORD_BITS], np.uint8)
        covered = between(mask(data, QUOTE), start_inside=self._inside)
        last = len(block) - 1
        self._inside = bit(covered, last)
        up = (mask(data, OPENING[0]) | mask(data, OPENING[1])) & ~covered
        down = (mask(data, CLOSING[0]) | mask(data, CLOSING[1])) & ~covered
        self._depth += net(up) - net(down)
        return self._last_at_depth_0(up, down, mask(data, COMMA) & ~covered)

    def _last_at_depth_0(self, up: Words, down: Words, commas: Words) -> int:
        """Look from the end: as a rule the last such comma is near it."""
        size, look = len(up), FIRST_LOOK
        while True:
            first = max(size - look, 0)
            found = self._in_tail(up[first:], down[first:], positions(commas[first:]))
            if found >= 0 or first == 0:
                return found + first * WORD_BITS if found >= 0 else -1
            look *= 8

    def _in_tail(self, up: Words, down: Words, commas: Integers) -> int:
        start = self._depth - net(up) + net(down)
        depths = start + counts_before(up, commas) - counts_before(down, commas)
        found = commas[depths == 0]
        return int(found[-1]) if len(found) else -1

    def _unescaped(self, block: bytes) -> bytes:
        """The block with every escape blanked out, so that each quote left is a string's end."""
        text = b"_" + block[1:] if self._escaped else block
        self._escaped = False
        if BACKSLASH not in text:
            return text
        plain = ESCAPE.sub(b"__", text)
        self._escaped = plain.endswith(BACKSLASH)
        return plain


def net(words: Words) -> int:
    """How many bits there are."""
    return int(np.bitwise_count(words).sum())


@dataclass(frozen=True)
class Lines:
    """The ends of the lines: how many, whether any line can be blank, whether all are outside.

    `outside` says that no line ends inside of brackets.
    """

    ended: int
    maybe_blank: bool
    outside: bool


def objects_only(text: bytes, values: int) -> bool:
    """Whether each of so many lines is one object, as most are. Only for text of valid values.

    After the `}` of an inner object no `{` may follow. So a line end with these around it is
    inside of no value, and where all are such, no line is blank.
    """
    if not (text.startswith(b"{") and text.endswith(b"}\n")):
        return False
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    after = data[ends[:-1] + 1]
    return len(ends) == values and bool(
        (data[ends - 1] == CLOSING[1]).all() and (after == OPENING[1]).all()
    )


def lines_of(text: bytes) -> Lines:
    """Look at the ends of the lines. Only for text whose values are valid."""
    plain = ESCAPE.sub(b"__", text) if BACKSLASH in text else text
    data = np.frombuffer(plain + PADDING[: -len(plain) % WORD_BITS], np.uint8)
    newlines = mask(data, NEWLINE)
    spaces = np.packbits(data <= SPACE, bitorder="little").view(np.uint64)
    before = spaces << np.uint64(1)
    before[1:] |= spaces[:-1] >> np.uint64(63)
    covered = between(mask(data, QUOTE), start_inside=False)
    up = (mask(data, OPENING[0]) | mask(data, OPENING[1])) & ~covered
    down = (mask(data, CLOSING[0]) | mask(data, CLOSING[1])) & ~covered
    ends = positions(newlines)
    return Lines(
        ended=len(ends),
        maybe_blank=bool((newlines & before).any()) or text[:1].isspace() or text[-1:] in b" \t",
        outside=bool((counts_before(up, ends) == counts_before(down, ends)).all()),
    )
