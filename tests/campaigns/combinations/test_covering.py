"""The combinations of settings: every pair occurs, every setting is tried, each can be used."""

from dataclasses import fields
from itertools import combinations as subsets
from itertools import product

import pytest

from stacks.settings import Settings
from tests.campaigns.combinations.choices import CHOICES
from tests.campaigns.combinations.covering import ROWS, covering


def test_there_are_forty_and_no_two_alike():
    assert len(covering()) == ROWS == 40
    assert len({tuple(sorted(each.items())) for each in covering()}) == ROWS


def test_every_pair_of_options_occurs():
    pairs = [each for pair in subsets(CHOICES.values(), 2) for each in product(*pair)]
    tried = [each.items() for each in covering()]
    missing = [
        (one, other)
        for one, other in pairs
        if not any((one | other).items() <= each for each in tried)
    ]
    assert missing == []
    assert len(pairs) == 3844


def test_every_setting_is_tried_with_its_default_and_otherwise():
    tried = {
        field.name: {str(getattr(Settings(), field.name)).lower()} for field in fields(Settings)
    }
    for combination in covering():
        for name, value in combination.items():
            tried[name].add(value.lower())
    assert {name for name, values in tried.items() if len(values) < 2} == set()


@pytest.mark.parametrize("number", range(ROWS))
def test_each_is_accepted(number):
    assert Settings.from_context(covering()[number])
