"""Is this UTF-8 (RFC 3629)? Asked of all bytes at once; a decoder branches at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.masks import Bytes, Flags

ASCII_END: Final = 0x80
CONTINUES: Final = np.int8(-64)  # 0x80 to 0xBF, as signed bytes, are all below
LEADS: Final = 0xC0
LONGER: Final = ((0xE0, 2), (0xF0, 3))
"""From so large a byte on, a character has so many bytes after its first."""
LARGEST: Final = 0xF4
NEVER: Final = (b"\xc0", b"\xc1")
SECONDS: Final = ((0xE0, 0xA0, 0xBF), (0xED, 0x80, 0x9F), (0xF0, 0x90, 0xBF), (0xF4, 0x80, 0x8F))
"""First bytes after which the second is not just any continuation, but one from here to there."""


class Utf8:
    """Judges texts, in memory of its own: to get memory anew costs more than to fill it."""

    def __init__(self) -> None:
        self._flags: Flags = np.empty((3, 0), np.bool_)

    def holds(self, text: bytes) -> bool:
        """Whether a text is UTF-8, with no character at its end that lacks bytes."""
        data = np.frombuffer(text, np.uint8)
        largest = int(np.max(data, initial=0))
        if largest < ASCII_END:
            return True
        if largest > LARGEST or any(byte in text for byte in NEVER) or _is_cut(text):
            return False
        if self._flags.shape[1] < len(data):
            self._flags = np.empty((3, len(data)), np.bool_)
        return self._continued(data, largest) and all(
            self._seconds_fit(data, *each)
            for each in SECONDS
            if each[0] <= largest and bytes(each[:1]) in text
        )

    def _continued(self, data: Bytes, largest: int) -> bool:
        """Whether continuations stand just where a first byte asks for them: never at the start."""
        due, found, more = self._flags[:, : len(data) - 1]
        np.greater_equal(data[:-1], LEADS, out=due)
        for least, places in LONGER:
            if largest >= least:
                leads = np.greater_equal(data[:-places], least, out=more[: len(data) - places])
                due[places - 1 :] |= leads
        np.less(data.view(np.int8)[1:], CONTINUES, out=found)
        at_start = ASCII_END <= data[0] < LEADS
        return not at_start and not np.not_equal(due, found, out=found).any()

    def _seconds_fit(self, data: Bytes, first: int, least: int, most: int) -> bool:
        leads, below, above = self._flags[:, : len(data) - 1]
        np.equal(data[:-1], first, out=leads)
        np.less(data[1:], least, out=below)
        np.greater(data[1:], most, out=above)
        below |= above
        below &= leads
        return not below.any()


def _is_cut(text: bytes) -> bool:
    """Whether a character at the end lacks bytes: no others are behind it to tell."""
    needed = ((LEADS, 1), *LONGER)
    return any(len(text) >= places and text[-places] >= least for least, places in needed)
