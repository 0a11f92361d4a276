"""SQLite as all parts of the kept world use it: whole transactions, several in one commit.

A transaction is handed in, and committed with all others that were handed in by then: what an
execution does in between waits for nothing, and who acknowledges something waits (`settle`) until
all is committed that was handed in before. They are committed in their order, so what a killed
process leaves is what some instant before its end had handed in, and no acknowledgement is later.

What was committed survives the end of this process at any instant: it has been handed to the
system. A power cut it survives only where each commit waits for the disk (`fsync`), which takes
4 ms instead of 0.1 (docs/decisions/kept-world.md).
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

CACHE_KIB: Final = 32 * 1024
JOURNAL_PAGES: Final = 8_000
"""32 MB: the same few pages are written again and again, and to copy them over seldom is enough."""
LATEST_SECONDS: Final = 0.05
"""So long what nobody waits for may lie in memory: work that a killed process does again."""

Statement = tuple[str, "Sequence[Any]"]


class FolderClosedError(RuntimeError):
    """A change came when the folder was closed already: it is not kept, so it is not answered."""

    def __init__(self) -> None:
        super().__init__("the local runtime is stopping")


def give_up(problem: Exception) -> NoReturn:
    """End the process as a kill would: nothing acknowledged is lost, nothing more promised."""
    sys.stderr.write(f"tally: the folder cannot be written, so the runtime ends: {problem}\n")
    sys.stderr.flush()
    os._exit(1)


@dataclass(slots=True)
class Transaction:
    """What one block writes, and what is to be done once that is committed."""

    statements: list[Statement] = field(default_factory=list)
    once_handed_in: list[Callable[[], None]] = field(default_factory=list)
    once_committed: list[Callable[[], None]] = field(default_factory=list)


class Database:
    """The tables of one folder. Every method may be called from any thread.

    A transaction belongs to its thread. What two threads may change at once has a lock of its own
    where it is changed: their transactions are in the order in which they are handed in.
    """

    def __init__(
        self,
        path: Path,
        *,
        fsync: bool = False,
        give_up: Callable[[Exception], NoReturn] = give_up,
    ) -> None:
        self.fsync = fsync
        self.give_up = give_up
        self._mine = threading.local()
        self._queue: deque[Transaction] = deque()
        self._handing_in = threading.Lock()
        self._handed_in = self._committed = 0
        self._committing = threading.RLock()
        self._closed = False
        self._wanted, self._over = threading.Event(), threading.Event()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for setting in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if fsync else 'OFF'}",
            f"cache_size=-{CACHE_KIB}",
            f"wal_autocheckpoint={JOURNAL_PAGES}",
        ):
            self._connection.execute(f"PRAGMA {setting}")
        threading.Thread(target=self._commit_soon, name="commits", daemon=True).start()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block writes; a block within a block is part of it.

        Raises:
            FolderClosedError: `close` was called.
        """
        if self._open is not None:
            yield
            return
        if self._closed:
            raise FolderClosedError
        self._mine.open = made = Transaction()
        try:
            yield
        finally:
            self._mine.open = None
        self._hand_in(made)

    def write(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Carry one statement out."""
        self.write_all(statement, (values,))

    def write_all(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry one statement out for each row of values.

        Raises:
            UnicodeEncodeError: a text with half a surrogate pair, which SQLite does not take. It is
                this transaction's fault alone, so it must not come up among others.
        """
        with self.transaction():
            for values in rows:
                for value in values:
                    if type(value) is str and not value.isascii():
                        value.encode()
                self._mine.open.statements.append((statement, values))

    def settle(self) -> None:
        """Wait until everything that was handed in before is committed."""
        wanted = self._handed_in
        if self._committed >= wanted:
            return
        with self._committing:  # which whoever had it before may have done for this thread, too
            if self._committed < wanted:
                self._commit()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows that a query finds, in what was handed in before."""
        with self._committing:
            self.settle()
            if self._closed:
                raise FolderClosedError
            return self._connection.execute(query, values).fetchall()

    def value(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None where there is none."""
        found = self.rows(query, values)
        return found[0][0] if found else None

    def next_id(self, table: str) -> int:
        """The number that a table's next row may have; for the only one who gives out numbers."""
        return int(self.value(f"SELECT coalesce(max(id), 0) + 1 FROM {table}"))  # noqa: S608 - ours

    def define(self, script: str) -> None:
        """Make tables that are not there yet."""
        with self._committing:
            self._connection.executescript(script)

    def once_handed_in(self, work: Callable[[], None]) -> None:
        """Have something done once the transaction of this thread is handed in.

        What it leads to is committed after that, or with it.
        """
        with self.transaction():
            self._mine.open.once_handed_in.append(work)

    def once_committed(self, work: Callable[[], None]) -> None:
        """Have something done once the transaction of this thread is committed.

        It must not use the database.
        """
        with self.transaction():
            self._mine.open.once_committed.append(work)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is written."""
        return self._closed

    def close(self) -> None:
        """Commit what was handed in, and refuse what comes from now on, as after a kill."""
        self._over.set()
        self._wanted.set()
        with self._committing:
            with self._handing_in:
                was_closed, self._closed = self._closed, True
            if not was_closed:
                self.settle()
                self._connection.close()

    @property
    def _open(self) -> Transaction | None:
        return getattr(self._mine, "open", None)

    def _hand_in(self, made: Transaction) -> None:
        with self._handing_in:
            if self._closed:
                raise FolderClosedError
            self._queue.append(made)
            self._handed_in += 1
        if not self._wanted.is_set():
            self._wanted.set()
        for work in made.once_handed_in:
            work()

    def _commit_soon(self) -> None:
        """Commit what nobody waits for."""
        while not self._over.is_set():
            self._wanted.wait()
            if self._over.wait(LATEST_SECONDS):
                return  # `close` commits the rest
            self._wanted.clear()
            self.settle()

    def _commit(self) -> None:
        """Commit all that was handed in by now; for the thread that has `_committing`."""
        taken = [self._queue[number] for number in range(len(self._queue))]
        try:
            self._connection.execute("BEGIN")
            for made in taken:
                for statement, values in made.statements:
                    self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OSError, ValueError, OverflowError) as problem:
            self.give_up(problem)
        for made in taken:
            self._queue.popleft()
            for work in made.once_committed:
                work()
        self._committed += len(taken)
