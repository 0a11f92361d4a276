"""Files through the endpoint while everything around them fails."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).with_name("soak.py")


@pytest.mark.timeout(900)  # four hundred calls of functions on a machine that may be busy
def test_under_faults_and_over_midnight_nothing_is_lost_and_a_redrive_leaves_nothing(assembly):
    words = [sys.executable, str(SOAK), "100", "7", "on", str(assembly)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the invariant holds" in done.stdout
    assert len(re.findall(r"^20\d\d-\d\d-\d\d: ", done.stdout, re.MULTILINE)) == 2
    counts = dict(re.findall(r"^  (.+): (\d+)$", done.stdout, re.MULTILINE))
    assert counts["schedule fired twice"] == "1"
    assert sum(map(int, counts.values())) > 30, counts
