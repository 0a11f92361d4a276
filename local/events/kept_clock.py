"""The Scheduler's clock over the end of the process: what it passed last, and how it was set."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.kept.database import Database

TABLE: Final = "CREATE TABLE IF NOT EXISTS clock (name TEXT PRIMARY KEY, seconds REAL);"
QUIET_SECONDS: Final = 30.0
"""How often the time is written when nothing is due: between two of these, nothing was."""


class KeptClock:
    """Two numbers in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written = 0.0
        database.define(TABLE)

    def ahead(self) -> timedelta:
        """How far the clock was set from this machine's time."""
        return timedelta(seconds=self._read("ahead") or 0.0)

    def until(self) -> datetime | None:
        """The time up to which everything due was fired; None in a new folder."""
        seconds = self._read("until")
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def set(self, ahead: timedelta) -> None:
        """The clock was set."""
        self._write("ahead", ahead.total_seconds())

    @contextmanager
    def passing(self, until: datetime, due: Sequence[Any]) -> Iterator[None]:
        """The clock passes a time as the block fires what is due: both or neither."""
        seconds = until.timestamp()
        if not due and abs(seconds - self._written) < QUIET_SECONDS:
            yield
            return
        with self._database.transaction():
            self._write("until", seconds)
            yield
        self._written = seconds

    def _read(self, name: str) -> float | None:
        found: float | None = self._database.value(
            "SELECT seconds FROM clock WHERE name = ?", (name,)
        )
        return found

    def _write(self, name: str, seconds: float) -> None:
        self._database.write("INSERT OR REPLACE INTO clock VALUES (?, ?)", (name, seconds))
