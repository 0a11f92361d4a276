"""Room for one call on a disk that outlives calls, and that other processes use."""

import subprocess
import sys
import tempfile

import pytest

from functions.aws.scratch import scratch_folder

KILLED = """
import os, sys
from functions.aws.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "stored").write_text("left")
    print(folder, flush=True)
    os._exit(1)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_call_has_an_empty_folder_which_goes_with_it():
    with scratch_folder() as folder:
        assert list(folder.iterdir()) == []
        (folder / "stored").write_text("x")
    assert not folder.exists()


def test_a_folder_goes_also_where_the_call_fails():
    with pytest.raises(ValueError, match="bad"), scratch_folder() as folder:
        raise ValueError("bad")
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_and_what_another_uses_is_not(temporary):
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        capture_output=True,
        text=True,
        check=False,
        env={"TMPDIR": str(temporary)},
    )
    (left,) = (temporary / done.stdout.strip()).parent.iterdir()
    assert (left / "stored").read_text() == "left"
    with scratch_folder() as used, scratch_folder() as own:
        assert not left.exists()
        assert used.exists()
        assert used != own
