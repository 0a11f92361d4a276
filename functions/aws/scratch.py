"""Room on the disk for one call.

Lambda keeps `/tmp` for the next call, also where a call ended at its time limit or out of memory
and cleaned up nothing (Lambda Developer Guide, "Configure ephemeral storage"). On a user's machine
many processes share it. So each folder is locked by the process that uses it, and one without a
lock belongs to none that lives.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder of this call's own, which goes with it."""
    base = Path(tempfile.gettempdir(), f"tally-scratch-{os.getuid()}")
    base.mkdir(mode=0o700, exist_ok=True)
    with _locked(base):
        for left in base.iterdir():
            _remove_unused(left)
        folder = Path(tempfile.mkdtemp(dir=base))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_unused(folder: Path) -> None:
    with suppress(OSError), _locked(folder, wait=False):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder's lock, which goes with the process that has it.

    Raises:
        BlockingIOError: another process has it, and this one is not to wait.
        OSError: the folder is gone.
    """
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(lock)
