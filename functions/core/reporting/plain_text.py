"""Names of files in plain text: nobody's key may break a line, hide or turn what is around it."""

from __future__ import annotations

import unicodedata

ESCAPED = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})
"""Control characters, format characters (bidirectional marks are such), line and paragraph
separators, lone surrogates and private characters (Unicode Standard, "General Category")."""
JOINER = "\N{ZERO WIDTH JOINER}"
"""It holds an emoji of several together, and turns nothing."""


def escaped(text: str) -> str:
    r"""The text with what is not seen, or moves what is, written out: `\u202e`."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter == JOINER or unicodedata.category(letter) not in ESCAPED:
        return letter
    return ascii(letter)[1:-1]
