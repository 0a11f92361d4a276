"""The Scheduler's clock over the end of the process: what it passed last, and how it was set."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.kept.database import Database

TABLES: Final = """
CREATE TABLE IF NOT EXISTS clock (name TEXT PRIMARY KEY, seconds REAL);
CREATE TABLE IF NOT EXISTS absences (since REAL, until REAL);
"""
QUIET_SECONDS: Final = 30.0
"""How often the time is written when nothing is due: between two of these, nothing was."""


SHORTEST_ABSENCE: Final = timedelta(minutes=2)
"""Shorter ones are starts anew, and the time may have been written half a minute before the end."""


class KeptClock:
    """Two numbers in the database, and the times in which nothing ran."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written = 0.0
        database.define(TABLES)

    def ahead(self) -> timedelta:
        """How far the clock was set from this machine's time."""
        return timedelta(seconds=self._read("ahead") or 0.0)

    def until(self) -> datetime | None:
        """The time up to which everything due was fired; None in a new folder."""
        seconds = self._read("until")
        return None if seconds is None else _moment(seconds)

    def returned(self, now: datetime) -> None:
        """The clock goes on, after an absence if the time until which it went is long past."""
        until = self.until()
        if until is not None and now - until >= SHORTEST_ABSENCE:
            values = (until.timestamp(), now.timestamp())
            self._database.write("INSERT INTO absences VALUES (?, ?)", values)

    def absences(self) -> list[tuple[datetime, datetime]]:
        """From when until when nothing ran, oldest first."""
        rows = self._database.rows("SELECT since, until FROM absences ORDER BY since")
        return [(_moment(since), _moment(until)) for since, until in rows]

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


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
