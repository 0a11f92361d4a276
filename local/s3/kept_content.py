"""Contents of objects as files of the kept world, written before S3 answers."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from typing import TYPE_CHECKING

from local.s3.content import FileContent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from local.kept.database import Database

UNFINISHED = ".tmp"


class StoredContent:
    """One file, read as moto reads what it keeps; it is opened for each read."""

    __slots__ = ("_at", "_store", "is_forgotten", "name", "size")

    def __init__(self, store: Contents, name: str, size: int) -> None:
        self._store = store
        self._at = 0
        self.name = name
        self.size = size
        self.is_forgotten = False

    def seek(self, position: int) -> None:
        """Go on from there."""
        self._at = position

    def read(self, amount: int = -1) -> bytes:
        """So many bytes, or all that is left."""
        with self._store.path(self.name).open("rb") as file:
            file.seek(self._at)
            data = file.read(amount)
        self._at += len(data)
        return data

    def close(self) -> None:
        """The object is gone, not from memory alone: its file goes when that is committed."""
        if not self.is_forgotten:
            self._store.release(self.name)


class Contents:
    """The files below one folder, in 256 folders of it."""

    def __init__(self, root: Path, database: Database) -> None:
        self._root = root
        self._database = database
        self._released = threading.local()

    def path(self, name: str) -> Path:
        """Where the file of that name is."""
        return self._root / name[:2] / name

    def store(self, value: bytes | FileContent) -> StoredContent:
        """Write a content: under another name first, so that a file of its own name is whole."""
        name = uuid.uuid4().hex
        path = self.path(name)
        path.parent.mkdir(exist_ok=True)
        making = path.with_suffix(UNFINISHED)
        try:
            with making.open("wb") as file:
                if isinstance(value, FileContent):
                    value.file.seek(0)
                    shutil.copyfileobj(value.file, file)
                    value.file.close()
                else:
                    file.write(value)
                size = file.tell()
                if self._database.fsync:
                    file.flush()
                    os.fsync(file.fileno())
            making.replace(path)
        except OSError as problem:
            self._database.give_up(problem)
        return StoredContent(self, name, size)

    def known(self, name: str, size: int) -> StoredContent:
        """A content that was stored before."""
        return StoredContent(self, name, size)

    def release(self, name: str) -> None:
        """Remember that this thread's request leaves a file without an object."""
        self._names().append(name)

    def remove_released(self) -> None:
        """Remove those files once the transaction of this thread is committed."""
        names = self._names()
        self._released.names = []
        if names:
            self._database.after_commit(lambda: self._remove(names))

    def remove_all_but(self, names: set[str]) -> None:
        """Remove the files that no object has: what a killed process left."""
        for folder in self._root.iterdir():
            self._remove(each.name for each in folder.iterdir() if each.name not in names)

    def _names(self) -> list[str]:
        names: list[str] | None = getattr(self._released, "names", None)
        if names is None:
            names = self._released.names = []
        return names

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            self.path(name).unlink(missing_ok=True)
