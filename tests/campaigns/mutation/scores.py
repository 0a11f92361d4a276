"""The score: how many of the mutants that were tried the tests have noticed."""

import math
from collections import defaultdict

from trials import Outcome

Z = 1.96
HEAD = f"{'':<44}{'tried':>6}{'noticed':>9}{'by time':>9}{'survived':>10}  share (95 %)"


def interval(killed, number):
    """Wilson's interval of a share, in percent."""
    share, spread = killed / number, Z * Z / number
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / number + spread / 4 / number) / (1 + spread)
    return 100 * (middle - half), 100 * (middle + half)


def row(what, outcomes):
    """What only a time limit noticed is not in the share that was noticed."""
    noticed, by_time, survived = (outcomes.count(each) for each in Outcome)
    low, high = interval(noticed, len(outcomes))
    share = 100 * noticed / len(outcomes)
    counts = f"{len(outcomes):>6}{noticed:>9}{by_time:>9}{survived:>10}"
    return f"{what:<44}{counts}  {share:.1f} % ({low:.1f} to {high:.1f})"


def table(tree, pairs):
    """By file, and for all: strings alone, all others, both."""
    rows = defaultdict(list)
    for mutant, outcome in sorted(pairs, key=lambda pair: pair[0].path):
        rows[mutant.path].append(outcome)
    for kind in (True, False):
        name = f"{tree}: {'strings alone' if kind else 'all others'}"
        rows[name] = [outcome for mutant, outcome in pairs if mutant.wording is kind]
    rows[f"{tree}: all"] = [outcome for _, outcome in pairs]
    return "\n".join([HEAD, *(row(name, found) for name, found in rows.items() if found)])
