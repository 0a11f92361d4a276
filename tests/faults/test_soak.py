"""Files through the endpoint while everything around them fails."""

import subprocess
import sys
from pathlib import Path

SOAK = Path(__file__).with_name("soak.py")


def test_under_faults_nothing_is_lost_and_a_redrive_leaves_nothing(assembly):
    words = [sys.executable, str(SOAK), "150", "7", "on", str(assembly)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the invariant holds" in done.stdout
    counts = dict(line.split(": ") for line in done.stdout.splitlines() if line.startswith("  "))
    assert sum(map(int, counts.values())) > 30, counts
