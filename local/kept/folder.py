"""A folder with one owner and one format.

owner.lock      locked by the process that owns the folder; its process id and URL
format          one number: how everything here is written
world.sqlite3   what `Database` keeps
objects/        a file for the content of each object version
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local.errors import LocalError
from local.kept.database import Database

FORMAT = 1
DEFAULT = Path(".tally/local")

LOOKS, LOOK_SECONDS = 5, 0.02
LOCK, FORMAT_FILE, DATABASE, OBJECTS = "owner.lock", "format", "world.sqlite3", "objects"
OURS = (FORMAT_FILE, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", OBJECTS, "log")


class Folder:
    """A folder that this process owns until `close`.

    Raises:
        LocalError: another process owns it, it is of another format, or it is something else.
    """

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        self.path = path
        self._lock = _owned(path)
        try:
            _check_format(path)
            self.database = Database(path / DATABASE, fsync=fsync)
        except sqlite3.DatabaseError as error:
            self._lock.close()
            raise damaged(path, error) from error
        except BaseException:
            self._lock.close()
            raise
        self.objects = path / OBJECTS
        self.objects.mkdir(exist_ok=True)

    def say(self, url: str) -> None:
        """Leave for other processes who owns the folder, and where it answers."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(json.dumps({"pid": os.getpid(), "url": url}))
        self._lock.flush()

    def close(self) -> None:
        """Write no more, and let another process own it."""
        self.database.close()
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.close()


@dataclass(frozen=True)
class Owner:
    """The process that owns a folder, and the URL of its endpoint once it answers."""

    pid: int
    url: str


def damaged(path: Path, problem: sqlite3.DatabaseError) -> LocalError:
    """That a folder cannot be read, in one line: SQLite's files are only written by the system."""
    cause = "as a power cut can leave it that was not kept by --fsync"
    return LocalError(f"{path} is damaged ({problem}), {cause}: `tally local reset` empties it")


def owner_of(path: Path) -> Owner | None:
    """Who owns a folder now; None for nobody."""
    try:
        with (path / LOCK).open("r+") as file:
            if _is_free(file):
                return None
            said: dict[str, Any] = json.loads(file.read() or "{}")
            return Owner(said.get("pid", 0), said.get("url", ""))
    except FileNotFoundError:
        return None


def empty(path: Path) -> None:
    """Remove everything that a runtime keeps there.

    Raises:
        LocalError: a process owns it.
    """
    with _owned(path):
        for name in OURS:
            target = path / name
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)


def _owned(path: Path) -> IO[str]:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (path / LOCK).open("a+")
    except OSError as error:
        reason = "it is not a folder" if path.exists() else error.strerror
        raise LocalError(f"--data {path} cannot be used: {reason}", exit_code=2) from error
    if not _taken(file):
        file.seek(0)
        owner = json.loads(file.read() or "{}").get("pid", "?")
        file.close()
        stop = "end it (`tally local down`), or name another folder by --data"
        raise LocalError(f"{path} is in use by process {owner}: {stop}")
    return file


def _taken(file: IO[str]) -> bool:
    """Whether the lock is ours now; who only looks whether it is free has it for an instant."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_SECONDS)
        else:
            return True
    return False


def _is_free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _check_format(path: Path) -> None:
    """Begin an empty folder; refuse one that is written otherwise.

    Raises:
        LocalError: with what to do.
    """
    file = path / FORMAT_FILE
    if not file.exists():
        if any((path / name).exists() for name in (DATABASE, OBJECTS)):
            raise LocalError(f"{path} has no format number: `tally local reset` empties it")
        file.write_text(f"{FORMAT}\n")
        return
    found = file.read_text().strip()
    if found != str(FORMAT):
        raise LocalError(
            f"{path} is of format {found}, and this Tally writes {FORMAT}: use the Tally that "
            "wrote it, or empty it by `tally local reset`"
        )
