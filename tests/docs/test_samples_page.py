"""samples/README.md says what Tally makes of each sample file."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ROW = re.compile(r"^\| `([^`]+)` \|.*\| (?:(\d+) records|rejected, `(\w+)`) \|$", re.MULTILINE)
ROWS = ROW.findall((SAMPLES / "README.md").read_text())


def test_every_sample_has_its_row():
    files = {path.name for path in SAMPLES.iterdir()} - {"README.md"}
    assert {name for name, _, _ in ROWS} == files


@pytest.mark.parametrize(("name", "records", "code"), ROWS)
def test_a_sample_is_counted_or_rejected_as_its_row_says(name, records, code):
    tally = Path(sys.executable).parent / "tally"
    done = subprocess.run(
        [tally, "count", SAMPLES / name], capture_output=True, text=True, check=False
    )
    answer = json.loads(done.stdout)
    assert str(answer.get("records", "")) == records
    assert answer.get("rejected", "") == code
