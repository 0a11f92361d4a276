"""Names of files for people: nobody's key may break a line, hide or turn what is around it.

The mail, the messages of Slack and Teams and the page show every name so, and `tally` and the
console do (`ops/pipeline/plain_text.py`). JSON and CSV hold the name itself.
"""

from __future__ import annotations

import shlex
import unicodedata
from typing import Final

ESCAPED: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})
"""Control characters, format characters (bidirectional marks are such), line and paragraph
separators, lone surrogates and private characters (Unicode Standard, "General Category")."""
BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that show nothing: Hangul fillers, Khmer vowels that are never written, the
grapheme joiner and the empty pattern of Braille (after UTS #39, "Default_Ignorable_Code_Point")."""
JOINER: Final = "\N{ZERO WIDTH JOINER}"
"""It holds an emoji of several together, and turns nothing."""


def escaped(text: str) -> str:
    r"""The text with what is not seen, or moves what is, written out: `\u202e`."""
    if text.isprintable() and BLANK.isdisjoint(text):
        return text
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    hidden = letter in BLANK or unicodedata.category(letter) in ESCAPED
    return ascii(letter)[1:-1] if hidden and letter != JOINER else letter


def quoted(word: str) -> str:
    """The word for a shell; one that `escaped` would change as bash's and zsh's $'...'."""
    if escaped(word) == word:
        return shlex.quote(word)
    return "$'" + "".join(map(_quoted, word)) + "'"


def _quoted(letter: str) -> str:
    if letter in "\\'":
        return f"\\{letter}"
    if escaped(letter) == letter:
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))
