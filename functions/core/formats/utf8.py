"""Is this UTF-8 (RFC 3629)? Asked of all bytes at once; a decoder branches at each."""

from __future__ import annotations

from typing import Final

import numpy as np

from functions.core.formats.masks import Bytes, Masks, shifted

ASCII_END: Final = 0x80
CONTINUES: Final = np.int8(-64)  # 0x80 to 0xBF, as signed bytes, are all below
LEADS: Final = 0xC0
LONGER: Final = ((0xE0, 2), (0xF0, 3))
"""From so large a byte on, a character has so many bytes after its first."""
LARGEST: Final = 0xF4
NEVER: Final = (b"\xc0", b"\xc1")
SECONDS: Final = ((0xE0, 0xA0, 0xBF), (0xED, 0x80, 0x9F), (0xF0, 0x90, 0xBF), (0xF4, 0x80, 0x8F))
"""First bytes after which the second is not just any continuation, but one from here to there."""


def is_utf8(text: bytes, masks: Masks) -> bool:
    """Whether a text is UTF-8; it must not end with what a character may begin with."""
    data = np.frombuffer(text, np.uint8)
    largest = int(np.max(data))
    if largest < ASCII_END:
        return True
    if largest > LARGEST or any(byte in text for byte in NEVER):
        return False
    due = shifted(masks.where(np.greater_equal, data, LEADS))
    for least, places in LONGER:
        if largest >= least:
            due |= shifted(masks.where(np.greater_equal, data, least), places)
    found = masks.where(np.less, data.view(np.int8), CONTINUES)
    if (due != found).any():
        return False
    return all(_seconds_fit(data, masks, *each) for each in SECONDS if each[0] <= largest)


def _seconds_fit(data: Bytes, masks: Masks, first: int, least: int, most: int) -> bool:
    seconds = shifted(masks.where(np.equal, data, first))
    if not seconds.any():
        return True
    below = masks.where(np.less, data, least)
    above = masks.where(np.greater, data, most)
    return not (seconds & (below | above)).any()
