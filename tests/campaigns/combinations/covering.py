"""Few combinations in which every pair of options occurs: a covering array, made greedily.

allpairspy would make the pairs as well, and stops there, after some 25 rows. The rows that are left
here go to triples: each is, of some that are drawn, the one with the most that did not occur yet.
"""

import random
from functools import cache
from itertools import combinations as subsets
from itertools import product

from tests.campaigns.combinations.choices import CHOICES

ROWS = 40
DRAWS = 8
SEED = 17
SIZES = tuple(len(options) for options in CHOICES.values())


def tuples(row, strength):
    """The options of a row, so many at a time; each is its place and which of the place's it is."""
    return set(subsets(enumerate(row), strength))


def all_pairs():
    """Every pair of options of two choices."""
    return {
        ((one, first), (other, second))
        for one, other in subsets(range(len(SIZES)), 2)
        for first, second in product(range(SIZES[one]), range(SIZES[other]))
    }


def with_new_pairs(missing, draw):
    """A row around a pair that did not occur, with as many others as may be."""
    row = dict(draw.choice(sorted(missing)))
    places = [place for place in range(len(SIZES)) if place not in row]
    for place in draw.sample(places, len(places)):

        def new(option, place=place):
            return sum(tuple(sorted([(place, option), each])) in missing for each in row.items())

        options = draw.sample(range(SIZES[place]), SIZES[place])
        row[place] = max(options, key=new)
    return tuple(row[place] for place in range(len(SIZES)))


def with_new_triples(seen, draw):
    """Of some rows, the one with the most triples that did not occur."""
    drawn = [tuple(draw.randrange(size) for size in SIZES) for _ in range(DRAWS)]
    return max(drawn, key=lambda row: len(tuples(row, 3) - seen))


def rows():
    """The rows by options: what asks for most, the defaults, all pairs, then triples."""
    draw = random.Random(SEED)
    made = [tuple(size - 1 for size in SIZES), tuple(0 for _ in SIZES)]
    missing = all_pairs().difference(*(tuples(row, 2) for row in made))
    while missing:
        made.append(with_new_pairs(missing, draw))
        missing -= tuples(made[-1], 2)
    seen = set().union(*(tuples(row, 3) for row in made))
    while len(made) < ROWS:
        made.append(with_new_triples(seen, draw))
        seen |= tuples(made[-1], 3)
    return made


def settings_of(row):
    """A row as context."""
    chosen = zip(CHOICES.values(), row, strict=True)
    return {name: value for options, place in chosen for name, value in options[place].items()}


MOST = settings_of(tuple(size - 1 for size in SIZES))
"""What asks for most of everything, as context."""


@cache
def covering():
    """Each as context: the first is `MOST`, the second the defaults."""
    return [settings_of(row) for row in rows()]
