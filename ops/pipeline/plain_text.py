"""Names of files for people: nobody's key may break a line, hide or turn what is around it.

The rule is that of the reports (`functions/core/reporting/plain_text.py`), which these tools may
not import; a test holds both against all of Unicode. JSON and CSV hold the name itself.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Final

ESCAPED: Final = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")
"""General categories: control and format characters, separators of lines, what is private."""
BLANK: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and signs that show nothing."""
JOINER: Final = "\N{ZERO WIDTH JOINER}"
"""It holds an emoji of several together, and turns nothing."""
PATTERN: Final = f"(?!{JOINER})[{BLANK}" + "".join(f"\\p{{{each}}}" for each in ESCAPED) + "]"
"""The same rule as a regular expression of a browser, with its flag `u`."""
_BLANK: Final = frozenset(BLANK)


def escaped(text: str) -> str:
    r"""The text with what is not seen, or moves what is, written out: `\u202e`."""
    if text.isprintable() and _BLANK.isdisjoint(text):
        return text
    return "".join(map(_letter, text))


def escaped_lines(text: str) -> str:
    """A text of several lines, which stay lines; tabs stay, too."""
    return "\n".join("\t".join(map(escaped, line.split("\t"))) for line in text.split("\n"))


def escaped_json(text: str) -> str:
    r"""A JSON text in which nothing is hidden, and that says the same: `\u00ad`, not `\xad`."""
    return "\n".join(
        line if escaped(line) == line else "".join(map(_json_letter, line))
        for line in text.split("\n")
    )


def _json_letter(letter: str) -> str:
    return letter if escaped(letter) == letter else json.dumps(letter)[1:-1]


def _letter(letter: str) -> str:
    hidden = letter in _BLANK or unicodedata.category(letter) in ESCAPED
    return ascii(letter)[1:-1] if hidden and letter != JOINER else letter
