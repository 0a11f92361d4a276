"""Where the commas of a JSON text's outermost array are, block by block, without parsing."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from functions.core.counting.formats.scanning.masks import (
    WORD_BITS,
    Bytes,
    Integers,
    Masks,
    Words,
    between,
    bit,
    counts_before,
    positions,
)

ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)
BACKSLASH: Final = b"\\"
QUOTE, COMMA = ord('"'), ord(",")
FIRST_LOOK: Final = 16  # words
OPENING, CLOSING = (ord("["), ord("{")), (ord("]"), ord("}"))


class Cutter:
    """Follows strings and nesting through the blocks of an array whose bracket was taken."""

    def __init__(self) -> None:
        self._inside = False
        self._escaped = False
        self._depth = 0
        self._masks = Masks()

    def last_comma(self, block: bytes) -> int:
        """The place of the block's last comma between elements of the array; -1 for none."""
        if not block:
            return -1
        data = np.frombuffer(self._unescaped(block), np.uint8)
        outside = ~between(self._masks.of(data, QUOTE), start_inside=self._inside)
        self._inside = not bit(outside, len(block) - 1)
        up, down = brackets(data, self._masks, outside)
        self._depth += net(up) - net(down)
        return self._last_at_depth_0(up, down, self._masks.of(data, COMMA) & outside)

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


def brackets(data: Bytes, masks: Masks, outside: Words) -> tuple[Words, Words]:
    """The brackets that open and those that close, outside of strings."""
    up, down = (masks.of(data, kinds[0]) | masks.of(data, kinds[1]) for kinds in (OPENING, CLOSING))
    return up & outside, down & outside
