"""Files of JavaScript's libraries, which also read them again: tests/foreign_writers."""

import json
import subprocess
from pathlib import Path

import pytest

from functions.core.processing.local_file import count_path

ROOT = Path(__file__).resolve().parents[4]
JAVASCRIPT = ROOT / "tests" / "foreign_writers"


@pytest.fixture(scope="module")
def javascript(tmp_path_factory):
    """The folder of files, and what each library reads in its own."""
    if not (JAVASCRIPT / "node_modules").is_dir():
        pytest.skip("`make test` installs the writers of JavaScript: tests/foreign_writers")
    folder = tmp_path_factory.mktemp("javascript")
    words = [ROOT / ".venv" / "bin" / "node", JAVASCRIPT / "write.mjs", folder]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=100)
    return folder, json.loads(done.stdout)


@pytest.mark.parametrize("ending", ["parquet", "avro", "xlsx", "xlsm", "csv"])
def test_files_of_javascript_have_the_records_that_their_libraries_read(ending, javascript):
    folder, counts = javascript
    expected = {name: each for name, each in counts.items() if name.endswith(ending)}
    assert len(expected) >= 1
    assert {name: count_path(folder / name).records for name in expected} == expected
