"""The cloud assembly of a project, synthesized once for each state of its sources.

A synthesis is half of the processor time of `tally local run` (a Node process and cdk-nag), and
nearly always of sources that have not changed. What was made is kept in the project's
`.tally/assemblies`, named by a digest of all that the app reads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from local.deploy.synth import synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = (
    "app.py",
    "cdk.json",
    "contracts",
    "functions",
    "requirements",
    "stacks",
    "statemachines",
)
"""All of a project that its app reads."""

VARIABLES = ("CDK_", "AWS_", "TALLY_")
"""How their names begin."""

LEFT_OUT = {"__pycache__", "node_modules"}
KEPT = 5
"""So many assemblies stay, of some 1.5 MB each: the last ones used."""


def assembly_of(project: Path, out: Path) -> Path:
    """The app's cloud assembly in the folder `out`: synthesized, or as it was kept.

    Raises:
        LocalError: as `synthesize`. What failed is not kept.
    """
    folder = project / ".tally" / "assemblies"
    kept = folder / digest(project)
    if not (kept / "manifest.json").exists() and not _made(project, kept):
        return synthesize(project, out)
    with suppress(OSError):
        os.utime(kept)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(kept, out)
    _forget_old(folder)
    return out


def _made(project: Path, kept: Path) -> bool:
    """Synthesize into a folder beside, then name it: nobody ever reads half an assembly."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix="new-", dir=kept.parent))
    except OSError:  # a project that cannot be written to, or a full disk
        return False
    try:
        synthesize(project, beside)
        with suppress(OSError):  # another process was quicker
            beside.rename(kept)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return True


def _forget_old(folder: Path) -> None:
    def last_used(path: Path) -> float:
        with suppress(OSError):
            return path.stat().st_mtime
        return 0.0

    for old in sorted(folder.iterdir(), key=last_used, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def digest(project: Path) -> str:
    """A name for the state of all that the project's app reads."""
    seen = hashlib.sha256()
    for part in (*_environment(project), *_contents(project)):
        seen.update(len(part).to_bytes(8) + part)
    return seen.hexdigest()


def _environment(project: Path) -> Iterator[bytes]:
    """The interpreter, the installed packages, and variables that an app may heed."""
    yield f"{sys.executable} {sys.version}".encode()
    for installed in sorted(project.glob(".venv/lib/*/site-packages/*.dist-info")):
        yield installed.name.encode()
    for name in sorted(os.environ):
        if name.startswith(VARIABLES) and name != "CDK_OUTDIR":
            yield f"{name}={os.environ[name]}".encode(errors="surrogateescape")


def _contents(project: Path) -> Iterator[bytes]:
    for path in sorted(files(project)):
        yield str(path.relative_to(project)).encode(errors="surrogateescape")
        yield f"{path.stat().st_mode:o}".encode()
        yield path.read_bytes()


def files(project: Path) -> Iterator[Path]:
    """The files that the app reads, as far as they are there."""
    for source in SOURCES:
        path = project / source
        if path.is_file():
            yield path
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if name not in LEFT_OUT]
            yield from (Path(folder) / name for name in names)
