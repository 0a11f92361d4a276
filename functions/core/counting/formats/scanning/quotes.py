"""Quotes that Python's csv module takes for ordinary characters, told from those that matter.

Outside of quotes a quote opens a field just if it is its first character. So of each run of quotes,
one right after the other, it is known what it does to a reader, whatever came before: a run of even
length leaves him inside or outside as he was. One of odd length closes what is open; if nothing is,
it opens a field where it stands at its start, and is ordinary text elsewhere. "Toggles", "leaves
outside" and "changes nothing" are closed under composition, and so all runs are followed at once.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from functions.core.counting.formats.scanning.masks import (
    WORD_BITS,
    Bytes,
    Flags,
    Masks,
    Words,
    between,
    bits_at,
    positions,
    shifted,
)

QUOTE: Final = 34
QUOTE_BYTE: Final = b'"'


def that_toggle(quotes: Words, field_starts: Words, size: int, *, inside: bool) -> Words:
    """The quotes, of a text of that size, that open or close something.

    `field_starts` has a bit where a quote opens a field if it is outside of quotes; `inside` says
    whether the text begins inside.
    """
    before = shifted(quotes)
    begins, ends = positions(quotes & ~before), positions(before & ~quotes)
    if len(ends) < len(begins):
        ends = np.append(ends, size)  # the last run is the last of the mask, too
    odd = ((ends - begins) & 1).astype(np.bool_)
    opens = bits_at(field_starts, begins)
    ordinary = ~(_inside_before(odd, opens, inside=inside) | opens)
    edges: Bytes = np.zeros(len(quotes) * WORD_BITS + 1, np.uint8)
    edges[begins[ordinary]] = edges[ends[ordinary]] = 1
    return quotes & ~between(Masks().of(edges[:-1], 1), start_inside=False)


def _inside_before(odd: Flags, opens: Flags, *, inside: bool) -> Flags:
    """Whether each run begins inside of quotes."""
    toggled = np.bitwise_xor.accumulate((odd & opens).astype(np.int64))
    # What was toggled up to the last run that left outside, whatever was before it.
    leaves = odd & ~opens
    until = np.concatenate((np.array([int(inside)]), toggled[leaves]))
    after = (toggled ^ until[np.cumsum(leaves)]).astype(np.bool_)
    return np.concatenate((np.array([inside]), after[:-1]))
