"""A name shows all that it is made of, and turns nothing around it."""

import subprocess
import sys
import unicodedata

import pytest

from functions.core.reporting.plain_text import escaped, quoted

TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional classes of marks that change the order of what is around them (UAX #9)."""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("orders\u202egpj.csv", "orders\\u202egpj.csv"),
        ("a\n\r\t\x1b[31m.csv", "a\\n\\r\\t\\x1b[31m.csv"),
        ("a\u2028b\u00adc\ufeffd\u200be", "a\\u2028b\\xadc\\ufeffd\\u200be"),
        ("\u3164.csv", "\\u3164.csv"),
        ("na\u00efve \u2603 \u05d0\u05d1.csv", "na\u00efve \u2603 \u05d0\u05d1.csv"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467.csv",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467.csv",
        ),
        ("\u845b\U000e0100.csv", "\u845b\U000e0100.csv"),
    ],
    ids=ascii,
)
def test_what_is_not_seen_is_written_out_and_what_is_stays(name, shown):
    assert escaped(name) == shown
    assert escaped(shown) == shown


def test_no_mark_that_turns_text_or_breaks_a_line_passes():
    letters = list(map(chr, range(sys.maxunicode + 1)))
    turned = [each for each in letters if unicodedata.bidirectional(each) in TURNS]
    broken = [each for each in letters if len(f"a{each}b".splitlines()) > 1]
    assert len(turned) == 9
    assert not any(
        each in escaped(each) for each in (*turned, *broken, "\u200e", "\u200f", "\u061c")
    )


@pytest.mark.parametrize("word", ["a'\\\u202e\n.csv", "\u3164", "it's \u00e9", "x"], ids=ascii)
def test_a_word_of_a_command_is_seen_whole_and_is_itself_for_bash(word):
    line = quoted(word)
    assert escaped(line) == line
    done = subprocess.run(
        ["bash", "-c", f"printf %s {line}"], capture_output=True, check=True, timeout=10
    )
    assert done.stdout.decode() == word
