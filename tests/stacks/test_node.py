"""CDK needs Node; the environment brings its own, and it works where there is no other."""

import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.prefix) / "bin"


@pytest.mark.parametrize("program", ["node", "npm", "npx"])
def test_the_environments_own_node_runs_with_no_other_on_the_path(program):
    done = subprocess.run(
        [BIN / program, "--version"],
        env={"PATH": str(BIN), "HOME": "/nonexistent", "npm_config_update_notifier": "false"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout[:1].isdigit() or done.stdout.startswith("v24.")
