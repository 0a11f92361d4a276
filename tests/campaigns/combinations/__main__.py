"""Forty combinations of settings: each is synthesized, linted and deployed here, and counts a file.

    make combinations            all; FIRST=20 begins with the 20th
    make combinations ONLY=3     the third alone

cdk-nag looks on while it is synthesized; cfn-lint, the ASL validator and the rules of policies read
the templates, checkov and parliament too (`.venv-lint`). Then a local endpoint gets the stacks, a
file is uploaded, and its record says how many it has. A line is printed for each.

Exit status: 0 where all are well, 1 otherwise.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT)]

from tests.campaigns.combinations.covering import COMBINATIONS  # noqa: E402 - run as a script
from tests.campaigns.combinations.trial import problems  # noqa: E402


def used():
    """Seconds of the processor so far, with those of processes that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def tried(number):
    """What is wrong with a combination; a line is printed for it, and one for each."""
    began, before = time.monotonic(), used()
    with tempfile.TemporaryDirectory() as out:
        found = problems(COMBINATIONS[number - 1], Path(out))
    state, seconds = "WRONG" if found else "well", time.monotonic() - began
    sys.stdout.write(
        f"{number:2} {state}: {seconds:.0f} s, {used() - before:.0f} s of the processor\n"
    )
    sys.stdout.writelines(f"   {line}\n" for line in found)
    sys.stdout.flush()
    return found


def main(words):
    """Try those that are asked for, each a number from 1 on; the exit status."""
    first, only = (int(word) if word else 0 for word in words)
    numbers = [only] if only else range(max(first, 1), len(COMBINATIONS) + 1)
    wrong = sum(bool(tried(number)) for number in numbers)
    sys.stdout.write(f"{wrong} of {len(numbers)} combinations are wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
