"""Contents of objects in the kept world, written before S3 answers: small ones as rows.

Larger ones are files. To make a file takes twenty times as long as to add a row, and most objects
here are records of less than a kilobyte.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import uuid
from typing import TYPE_CHECKING, Final

from local.s3.content import FileContent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from local.kept.database import Database

UNFINISHED: Final = ".tmp"
ROW: Final = "row-"
"""What the name of a content begins with that is a row; a file's has hexadecimal digits alone."""
ROW_BYTES: Final = 16 * 1024
"""The largest content that is a row: a few of SQLite's pages."""
RECENT: Final = 512
"""So many rows that were written last are in memory, too: what is stored is soon read."""

TABLE: Final = "CREATE TABLE IF NOT EXISTS contents (id INTEGER PRIMARY KEY, body BLOB)"


class StoredContent:
    """One content, read as moto reads what it keeps; a file is opened for each read."""

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
        data = self._store.read(self.name, self._at, amount)
        self._at += len(data)
        return data

    def close(self) -> None:
        """The object is gone, not from memory alone: so is its content, once that is committed."""
        if not self.is_forgotten:
            self._store.release(self.name)


class Contents:
    """The contents of one folder: rows of its database, and files in 256 folders of it."""

    def __init__(self, root: Path, database: Database) -> None:
        self._root = root
        self._database = database
        self._released = threading.local()
        database.define(TABLE)
        self._ids = itertools.count(database.next_id("contents"))
        self._recent: dict[str, bytes] = {}
        self._guard = threading.Lock()

    def store(self, value: bytes | FileContent) -> StoredContent:
        """Write a content; its object is written after it."""
        size = value.size if isinstance(value, FileContent) else len(value)
        name = self._row(value) if size <= ROW_BYTES else self._file(value)
        if isinstance(value, FileContent):
            value.file.close()
        return StoredContent(self, name, size)

    def known(self, name: str, size: int) -> StoredContent:
        """A content that was stored before."""
        return StoredContent(self, name, size)

    def read(self, name: str, position: int, amount: int) -> bytes:
        """So many bytes of a content, or all that is left, from that position."""
        if name.startswith(ROW):
            body = self._recent.get(name)
            body = self._read_row(name) if body is None else body
            return body[position:] if amount < 0 else body[position : position + amount]
        with self._path(name).open("rb") as file:
            file.seek(position)
            return file.read(amount)

    def release(self, name: str) -> None:
        """Remember that this thread's request leaves a content without an object."""
        self._names().append(name)

    def remove_released(self) -> None:
        """Remove those contents with the transaction of this thread."""
        names = self._names()
        self._released.names = []
        rows = [name for name in names if name.startswith(ROW)]
        files = [name for name in names if not name.startswith(ROW)]
        if rows:
            self._remove_rows(rows)
        if files:
            self._database.once_committed(lambda: self._remove_files(files))

    def remove_all_but(self, names: set[str]) -> None:
        """Remove the contents that no object has: what a killed process left."""
        for folder in self._root.iterdir():
            self._remove_files(each.name for each in folder.iterdir() if each.name not in names)
        rows = (_row_name(number) for (number,) in self._database.rows("SELECT id FROM contents"))
        self._remove_rows([name for name in rows if name not in names])

    def _row(self, value: bytes | FileContent) -> str:
        if isinstance(value, FileContent):
            value.file.seek(0)
            value = value.file.read()
        number = next(self._ids)
        name = _row_name(number)
        with self._guard:
            self._recent[name] = value
            if len(self._recent) > RECENT:
                del self._recent[next(iter(self._recent))]
        self._database.write("INSERT INTO contents VALUES (?, ?)", (number, value))
        return name

    def _file(self, value: bytes | FileContent) -> str:
        """Write a file: under another name first, so that one of its own name is whole."""
        name = uuid.uuid4().hex
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        making = path.with_suffix(UNFINISHED)
        try:
            with making.open("wb") as file:
                if isinstance(value, FileContent):
                    value.file.seek(0)
                    shutil.copyfileobj(value.file, file)
                else:
                    file.write(value)
                if self._database.fsync:
                    file.flush()
                    os.fsync(file.fileno())
            making.replace(path)
        except OSError as problem:
            self._database.give_up(problem)
        return name

    def _read_row(self, name: str) -> bytes:
        query = "SELECT body FROM contents WHERE id = ?"
        body = self._database.value(query, (_row_id(name),))
        if body is None:  # it was deleted while a request still had its object
            raise FileNotFoundError(name)
        return bytes(body)

    def _remove_rows(self, names: Iterable[str]) -> None:
        with self._guard:
            for name in names:
                self._recent.pop(name, None)
        self._database.write_all(
            "DELETE FROM contents WHERE id = ?", [(_row_id(name),) for name in names]
        )

    def _remove_files(self, names: Iterable[str]) -> None:
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name

    def _names(self) -> list[str]:
        names: list[str] | None = getattr(self._released, "names", None)
        if names is None:
            names = self._released.names = []
        return names


def _row_name(number: int) -> str:
    return f"{ROW}{number}"


def _row_id(name: str) -> int:
    return int(name.removeprefix(ROW))
