"""`make mutate`: do the tests notice a change of the code? A seeded sample of mutmut's mutants.

    python tests/mutation [SAMPLE|all] [SEED] [TREE]

Each mutant is one change of one function (an operator, a number, a string, a keyword), made in a
copy of the repository, where the nearest tests run until one fails, then all of the tree's. A
mutant that makes them run over LIMIT_SECONDS counts as noticed. Prints the survivors as diffs as
they come, and the score of each tree with its 95 % interval (Wilson). Mutants that change nothing
but a string are counted apart, too: most are the wording of a message.
"""

import difflib
import math
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import libcst as cst
from mutmut.mutation.file_mutation import create_mutations, deep_replace

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "functions",
    "local",
    "ops",
    "stacks",
    "checks",
    "statemachines",
    "contracts",
    "docs",
    "tests",
)
FILES = ("pyproject.toml", "app.py", "cdk.json")
TREES = {
    "functions/core": ("tests/unit", "tests/fuzz/test_corpus.py"),
    "local/asl": ("tests/statemachines/asl", "tests/statemachines/test_conformance.py"),
}
UNIT = "tests/unit/test_{}.py"
NEAREST = {
    "functions/core/contracts": [UNIT.format("contracts")],
    "functions/core/validation": [UNIT.format("contracts")],
    "functions/core/ranges": [UNIT.format("names_and_numbers"), UNIT.format("ranges")],
    "functions/core/report": [UNIT.format("report")],
    "functions/core/planning": [UNIT.format("report")],
    "functions/core/writing": [UNIT.format("report")],
    "functions/core/summary": [UNIT.format("summary"), UNIT.format("report")],
    "functions/core/formats": [UNIT.format("counting"), UNIT.format("formats")],
    "functions/core/cost": [UNIT.format("names_and_numbers")],
    "functions/core/detection": [UNIT.format("names_and_numbers"), UNIT.format("counting")],
    "functions/core/co": [UNIT.format("counting"), UNIT.format("formats")],
    "functions/core": [UNIT.format("names_and_numbers")],
    "local/asl": ["tests/statemachines/asl"],
}
"""The tests that most probably notice, by the beginning of a path; what they do not, all may."""
QUICK = """
from hypothesis import Phase, settings
settings.register_profile("q", phases=[Phase.explicit, Phase.generate], derandomize=True)
settings.load_profile("q")
"""
"""That a test fails is enough: hypothesis need not look for the smallest example."""
WORKERS = 2
LIMIT_SECONDS = 120
Z = 1.96


@dataclass(frozen=True)
class Mutant:
    """One change: the file, its text and what becomes of it."""

    path: str
    before: str
    after: str
    wording: bool

    def diff(self):
        """The change, without context."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0)
        return "\n".join([self.path, *(line for line in lines if line[:3] not in {"---", "+++"})])


def mutants(tree):
    """All of a tree, in the order of its files, each made only when it is drawn."""
    for path in sorted((ROOT / tree).rglob("*.py")):
        text = path.read_text()
        module, mutations, *_ = create_mutations(str(path), text)
        for each in mutations:
            yield path, text, module, each


def drawn(tree, sample, seed):
    every = list(mutants(tree))
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    say(f"{tree}: {len(chosen)} of {len(every)} mutants, seed {seed}")
    for path, text, module, each in chosen:
        changed = deep_replace(module, each.original_node, each.mutated_node)
        wording = isinstance(each.original_node, cst.SimpleString | cst.FormattedString)
        yield Mutant(str(path.relative_to(ROOT)), text, changed.code, wording)


def copy_to(folder):
    """A repository to break, with the recorded cases beside it."""
    copy = Path(folder) / "main"
    copy.mkdir(parents=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, copy / name)
    (copy / "quick.py").write_text(QUICK)
    shared = ROOT.parent / "shared"
    if shared.exists():
        (copy.parent / "shared").symlink_to(shared)
    return copy


def failing(copy, tests):
    """What fails there, at most one test; empty if all pass. One that never ends fails."""
    options = (
        "-x",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-p",
        "quick",
        "--timeout=20",
    )
    words = (sys.executable, "-B", "-m", "pytest", *options, *tests)
    try:
        done = subprocess.run(
            words, cwd=copy, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "too slow"
    return done.stdout[-2000:] + done.stderr[-1000:] if done.returncode else ""


def survives(mutant, copies, tests):
    copy = copies.get()
    try:
        (copy / mutant.path).write_text(mutant.after)
        nearest = next(NEAREST[start] for start in NEAREST if mutant.path.startswith(start))
        return not (failing(copy, nearest) or failing(copy, tests))
    finally:
        (copy / mutant.path).write_text(mutant.before)
        copies.put(copy)


def interval(killed, number):
    """Wilson's interval of a share, in percent."""
    share, spread = killed / number, Z * Z / number
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / number + spread / 4 / number) / (1 + spread)
    return 100 * (middle - half), 100 * (middle + half)


def score(what, outcomes):
    if outcomes:
        killed = outcomes.count(False)
        low, high = interval(killed, len(outcomes))
        share = 100 * killed / len(outcomes)
        say(f"{what}: {killed} of {len(outcomes)} noticed, {share:.0f} % ({low:.0f} to {high:.0f})")


def campaign(tree, sample, seed):
    """Try a sample of one tree's mutants."""
    with tempfile.TemporaryDirectory() as folder:
        copies = SimpleQueue()
        for number in range(WORKERS):
            copies.put(copy_to(f"{folder}/{number}"))
        first = copies.get()
        if problem := failing(first, TREES[tree]):
            sys.exit(f"{tree}: the tests fail without any change\n{problem}")
        copies.put(first)
        chosen = list(drawn(tree, sample, seed))
        pairs = []
        with ThreadPoolExecutor(WORKERS) as pool:
            tried = pool.map(lambda each: survives(each, copies, TREES[tree]), chosen)
            for mutant, survived in zip(chosen, tried, strict=True):
                pairs.append((mutant, survived))
                told = mutant.diff() if survived else mutant.path
                say(f"{len(pairs)} {'SURVIVED' if survived else 'noticed'} {told}")
    score(f"\n{tree}, strings alone", [alive for each, alive in pairs if each.wording])
    score(f"{tree}, all others", [alive for each, alive in pairs if not each.wording])
    score(f"{tree}, all", [alive for _, alive in pairs])


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words):
    sample = sys.maxsize if words[:1] == ["all"] else int(words[0]) if words else 100
    seed = int(words[1]) if len(words) > 1 else 1
    for tree in words[2:] or TREES:
        campaign(tree, sample, seed)


main(sys.argv[1:])
