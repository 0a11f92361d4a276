"""`make mutate`: do the tests notice a change of the code? A seeded sample of mutmut's mutants.

    python tests/campaigns/mutation [SAMPLE|all] [SEED] [TREE, FILE or FILE:NUMBER ...]

Each mutant is one change of one expression (an operator, a number, a string, an argument). For each
a process is forked from one that has imported and collected all; there the changed function gets
its changed code, and the tests that reach it run, the quickest first, until one fails. A file that
is changed outside of its functions is imported anew instead. Prints the survivors as diffs as they
come, and the scores with their 95 % intervals (Wilson). What nothing noticed but the time limit of
a test is counted apart.
"""

import os
import sys

import mutants
import pytest
from reach import OPTIONS, Quick, recorded
from scores import table
from trials import Collected, Outcome

TREES = {
    "functions/core": (
        "tests/functions",
        "tests/campaigns/fuzz/test_corpus.py",
        "tests/campaigns/faults/test_bounds.py",
    ),
    "local/asl": ("tests/local/asl", "tests/statemachines"),
}
PATHS = (".",)
"""Where tests find our code, and the worlds that they share."""


class Campaign:
    """A sample of the mutants of one tree, and what became of each."""

    def __init__(self, tree, targets, sample, seed):
        self.tree = tree
        self.chosen, total = mutants.drawn(targets, sample, seed)
        self.pairs = []
        say(f"{', '.join(targets)}: {len(self.chosen)} of {total} mutants, seed {seed}")

    def told(self, mutant, outcome):
        self.pairs.append((mutant, outcome))
        what = mutant.name if outcome is Outcome.NOTICED else mutant.diff()
        say(f"{len(self.pairs)} {outcome}: {what}")

    def run(self):
        tests = TREES[self.tree]
        reach = recorded(self.tree, tests)
        if not reach:
            sys.exit(f"{self.tree}: the tests fail without any change")
        trials = Collected(self.chosen, reach, self.told)
        pytest.main([*OPTIONS, *tests], plugins=[trials, Quick()])
        say(f"\n{table(self.tree, self.pairs)}\n")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words):
    sample = sys.maxsize if words[:1] == ["all"] else int(words[0]) if words else 100
    seed = int(words[1]) if len(words) > 1 else 1
    os.chdir(mutants.ROOT)
    sys.path[:0] = [str(mutants.ROOT / path) for path in PATHS]
    for tree in TREES:
        targets = [each for each in words[2:] or TREES if each.startswith(tree)]
        if targets:
            Campaign(tree, targets, sample, seed).run()


main(sys.argv[1:])
