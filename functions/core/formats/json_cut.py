"""Where the commas of a JSON text's outermost array are, block by block, without parsing."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from functions.core.formats.rows import (
    PADDING,
    WORD_BITS,
    Integers,
    Words,
    between,
    bit,
    mask,
    positions,
)

ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)
BACKSLASH: Final = b"\\"
QUOTE, COMMA = ord('"'), ord(",")
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
        return self._last_at_depth_0(up, down, positions(mask(data, COMMA) & ~covered))

    def _last_at_depth_0(self, up: Words, down: Words, commas: Integers) -> int:
        brackets = positions(up | down)
        opens = up[brackets >> 6] >> (brackets & 63).astype(np.uint64) & np.uint64(1)
        steps = np.where(opens, 1, -1)
        depths = self._depth + np.concatenate(([0], np.cumsum(steps)))
        self._depth = int(depths[-1])
        if len(commas) == 0:
            return -1
        at_depth = depths[np.searchsorted(brackets, commas)]
        found = commas[at_depth == 0]
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
