"""`make fuzz`: each target for so many seconds, guided by the coverage of functions/core.

    python tests/campaigns/fuzz SECONDS [TARGET]
    python tests/campaigns/fuzz keep [TARGET]

A target runs in a process of its own, from the corpus in `tests/campaigns/fuzz/corpus` and what
earlier runs left in `.tally/fuzz`. A file that breaks the law, takes over TIMEOUT seconds or
MEMORY megabytes is kept in `.tally/fuzz/<target>-broken` and ends the run with exit code 1. `keep`
makes the corpus anew: beside its seeds, the smallest files that reach every edge that it and those
runs reached.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
KEPT = ROOT / ".tally" / "fuzz"
TIMEOUT, MEMORY, LONGEST = 20, 600, 4096
NEWS = re.compile(r"#\d+|INFO:|WARNING:|stat::|\s*$")
"""What libFuzzer tells as it goes; beside it stand Python's traceback and the file's place."""

sys.path[:0] = [str(ROOT), str(HERE)]


def fuzz(target, arguments):
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["functions.core"]):
        import law

    # libFuzzer's merge starts itself again, by a shell.
    itself = shlex.join((sys.executable, str(HERE), "one", target))
    atheris.Setup([itself, *arguments], lambda data: law.obey(target, data))
    atheris.Fuzz()


def campaign(target, seconds):
    """Run a target in a process of its own; whether nothing was broken."""
    corpus, broken = KEPT / target, KEPT / f"{target}-broken"
    for folder in (corpus, broken):
        folder.mkdir(parents=True, exist_ok=True)
    arguments = (
        str(corpus),
        str(HERE / "corpus" / target),
        f"-max_total_time={seconds}",
        f"-timeout={TIMEOUT}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={broken}/",
        "-print_final_stats=1",
    )
    words = (sys.executable, str(HERE), "one", target, *arguments)
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    executions = re.findall(r"number_of_executed_units:\s*(\d+)", done.stderr)
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", done.stderr)
    covered, features, kept = reached[-1] if reached else ("?",) * 3
    verdict = "holds" if done.returncode == 0 else f"BROKEN, see {broken.relative_to(ROOT)}"
    number = f"{int(executions[-1]):,}" if executions else "?"
    say(f"| {target} | {seconds} | {number} | {covered} | {features} | {kept} | {verdict} |")
    if done.returncode:
        told = f"{done.stdout}\n{done.stderr}".splitlines()
        say("\n".join(line for line in told if not NEWS.match(line)))
    return done.returncode == 0


def keep(target):
    """Replace the target's corpus, but for its seeds, by the least that covers as much."""
    corpus = HERE / "corpus" / target
    with tempfile.TemporaryDirectory() as least:
        found = (least, str(corpus), str(KEPT / target))
        # Without counters a file is new by an edge, and not by how often it is passed.
        words = (sys.executable, str(HERE), "one", target, "-merge=1", "-use_counters=0", *found)
        subprocess.run(words, capture_output=True, check=True)
        for path in set(corpus.iterdir()) - set(corpus.glob("seed-*")):
            path.unlink()
        shutil.copytree(least, corpus, dirs_exist_ok=True)
    say(f"{target}: {len(list(corpus.iterdir()))} files")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words):
    if words[0] == "one":
        fuzz(words[1], words[2:])
    import law

    targets = words[1:] or law.TARGETS
    if words[0] == "keep":
        for target in targets:
            keep(target)
        return 0
    say("| target | seconds | files tried | edges | features | corpus | the law |")
    say("|---|---|---|---|---|---|---|")
    held = [campaign(target, int(words[0])) for target in targets]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
