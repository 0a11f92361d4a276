"""Forty combinations of settings: each is synthesized, linted and deployed here, and counts a file.

    make combinations                     all
    make combinations FIRST=20 LAST=24    these; every pair of values occurs in the first 25

cdk-nag looks on while it is synthesized; cfn-lint, the ASL validator and the rules of policies read
the templates. Then a local endpoint gets the stacks, a file is uploaded, and its record says how
many it has. A line is printed for each. At the end checkov and parliament read all templates at
once (`.venv-lint`).

Exit status: 0 where all are well, 1 otherwise.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT)]

from checks.outside_linters import findings, unargued  # noqa: E402 - run as a script
from tests.campaigns.combinations.covering import ROWS, covering  # noqa: E402
from tests.campaigns.combinations.trial import problems  # noqa: E402


def used():
    """Seconds of the processor so far, with those of processes that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def tried(name, trial):
    """What is wrong by a trial; a line is printed for it, and one for each."""
    began, before = time.monotonic(), used()
    found = trial()
    state, seconds = "WRONG" if found else "well", time.monotonic() - began
    sys.stdout.write(f"{name} {state}: {seconds:.0f} s, {used() - before:.0f} s of the processor\n")
    sys.stdout.writelines(f"   {line}\n" for line in found)
    sys.stdout.flush()
    return bool(found)


def main(words):
    """Try those from the first to the last number; the exit status."""
    first, last = (
        int(word) if word else default for word, default in zip(words, (1, ROWS), strict=True)
    )
    with tempfile.TemporaryDirectory() as root:
        wrong = sum(
            tried(
                f"{number:2}",
                lambda number=number: problems(covering()[number - 1], Path(root, str(number))),
            )
            for number in range(first, last + 1)
        )
        outside = tried("checkov, parliament", lambda: unargued(findings(Path(root))))
    sys.stdout.write(f"{wrong} of {last - first + 1} combinations are wrong\n")
    return 1 if wrong or outside else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
