"""SQLite as all parts of the kept world use it: one connection, whole transactions.

What was committed survives the end of this process at any instant: it has been handed to the
system. A power cut it survives only where each commit waits for the disk (`fsync`), which takes
4 ms instead of 0.1 (docs/decisions/kept-world.md).
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

CACHE_KIB = 32 * 1024
JOURNAL_PAGES = 8_000
"""32 MB: the same few pages are written again and again, and to copy them over seldom is enough."""


class FolderClosedError(RuntimeError):
    """A change came when the folder was closed already: it is not kept, so it is not answered."""

    def __init__(self) -> None:
        super().__init__("the local runtime is stopping")


def give_up(problem: Exception) -> NoReturn:
    """End the process as a kill would: nothing acknowledged is lost, nothing more promised."""
    sys.stderr.write(f"tally: the folder cannot be written, so the runtime ends: {problem}\n")
    sys.stderr.flush()
    os._exit(1)


class Database:
    """The tables of one folder. Every method may be called from any thread."""

    def __init__(
        self,
        path: Path,
        *,
        fsync: bool = False,
        give_up: Callable[[Exception], NoReturn] = give_up,
    ) -> None:
        self.fsync = fsync
        self.give_up = give_up
        self._lock = threading.RLock()
        self._depth = 0
        self._closed = False
        self._afterwards: list[Callable[[], None]] = []
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for setting in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if fsync else 'OFF'}",
            f"cache_size=-{CACHE_KIB}",
            f"wal_autocheckpoint={JOURNAL_PAGES}",
        ):
            self._connection.execute(f"PRAGMA {setting}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block writes; a block within a block is part of it.

        Raises:
            FolderClosedError: `close` was called.
        """
        with self._lock:
            if self._closed:
                raise FolderClosedError
            if self._depth:
                yield
                return
            self._depth = 1
            try:
                self._connection.execute("BEGIN")
                yield
                self._connection.execute("COMMIT")
            except (sqlite3.Error, OSError) as problem:
                self.give_up(problem)
            except BaseException:
                self._connection.execute("ROLLBACK")
                self._afterwards.clear()
                raise
            finally:
                self._depth = 0
            self._do_the_rest()

    def write(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Carry one statement out; the id of the row that it inserted."""
        with self.transaction():
            return self._connection.execute(statement, values).lastrowid or 0

    def write_all(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry one statement out for each row of values."""
        with self.transaction():
            self._connection.executemany(statement, rows)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows that a query finds."""
        with self._lock:
            if self._closed:
                raise FolderClosedError
            return self._connection.execute(query, values).fetchall()

    def value(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None where there is none."""
        found = self.rows(query, values)
        return found[0][0] if found else None

    def define(self, script: str) -> None:
        """Make tables that are not there yet."""
        with self._lock:
            self._connection.executescript(script)

    def after_commit(self, work: Callable[[], None]) -> None:
        """Have something done once the transaction of this thread is committed."""
        with self._lock:
            self._afterwards.append(work)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is written."""
        return self._closed

    def close(self) -> None:
        """Write nothing more: what comes now is refused, as after a kill."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._connection.close()

    def _do_the_rest(self) -> None:
        left, self._afterwards = self._afterwards, []
        for work in left:
            work()
