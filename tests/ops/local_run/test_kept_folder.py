"""The runtime of a folder, seen from outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.errors import LocalError
from local.kept.folder import Folder, owner_of
from local.stepfunctions.kept_executions import KeptExecutions
from ops.cli.local import app
from ops.local_run import kept_folder

TALLY = Path(sys.executable).parent / "tally"


def tally(*words, stdin=None):
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin)


def test_a_detached_runtime_listens_until_it_is_told_to_end(tmp_path):
    data = tmp_path / "world"
    command = [TALLY, "local", "up", "--port", "0", "--data", data, "--detach"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180)
    owner = owner_of(data)
    assert done.stdout == (
        f"listening on {owner.url} as process {owner.pid}; its output is in {data / 'log'}\n"
    )
    again = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert again.returncode == 1
    assert again.stderr.startswith(f"tally: {data} is in use by process {owner.pid}: end it")
    shown = json.loads(tally("status", "--data", data, "--json").stdout)
    assert (shown["process"], shown["url"], shown["executions"]) == (owner.pid, owner.url, 0)
    assert "nothing runs" not in tally("status", "--data", data).stdout
    assert tally("down", "--data", data).stdout == f"process {owner.pid} ended\n"
    assert owner_of(data) is None
    assert "nothing runs" in tally("status", "--data", data).stdout


def test_a_folder_without_a_runtime_needs_no_ending(tmp_path):
    done = tally("down", "--data", tmp_path)
    assert (done.exit_code, done.stdout) == (0, f"no runtime owns {tmp_path}\n")


def test_a_folder_is_emptied_after_a_yes_only(tmp_path):
    folder = Folder(tmp_path)
    KeptExecutions(folder.database)
    folder.close()
    assert tally("reset", "--data", tmp_path, stdin="n\n").exit_code == 1
    assert (tmp_path / "world.sqlite3").exists()
    assert tally("reset", "--data", tmp_path, stdin="y\n").exit_code == 0
    assert not (tmp_path / "world.sqlite3").exists()
    with pytest.raises(LocalError, match="nothing is kept in"):
        kept_folder.sizes(tmp_path)


def test_a_detached_runtime_that_keeps_nothing_could_not_be_ended(tmp_path):
    done = tally("up", "--ephemeral", "--detach", "--data", tmp_path)
    assert isinstance(done.exception, LocalError)
    assert done.exception.exit_code == 2
