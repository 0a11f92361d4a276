"""Words of the setting `mute_unusual`."""

import re

import pytest

from functions.core.reporting.unusual.kinds import MUTED, is_muted


@pytest.mark.parametrize(
    ("word", "prefix", "kind", "muted"),
    [
        ("orders/", "orders/", "late", True),
        ("orders/", "others/", "late", False),
        ("orders/:late", "orders/", "volume", False),
        ("a:b/:late", "a:b/", "late", True),
        ("a:b/", "a:b/", "late", True),
        ("/", "(top level)", "late", True),
        ("/", "orders/", "late", False),
        ("two%20words/", "two words/", "late", True),
        ("*", "(all files)", "cost", True),
    ],
)
def test_a_word_mutes_a_prefix_wholly_or_by_kinds(word, prefix, kind, muted):
    assert re.fullmatch(MUTED, word)
    assert is_muted([word], prefix, kind) is muted


@pytest.mark.parametrize("word", ["orders", "orders/:", "orders/:lat", "orders/:late,", "*:all"])
def test_a_misspelt_word_is_refused(word):
    assert not re.fullmatch(MUTED, word)
