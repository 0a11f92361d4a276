"""The newest log lines of functions and machines: a row each.

Lines are what a kept world has most of, and what is wanted least of an older day: so they have no
part in the snapshot, and only so many of them are read back as cost a tenth of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.kept.database import Database

TABLE: Final = """
CREATE TABLE IF NOT EXISTS lines (
  id INTEGER PRIMARY KEY, log_group TEXT, stream TEXT, time INTEGER, message TEXT);
"""
MOST: Final = 20_000
"""Lines that are kept, of all groups together; half as many more may lie there for a while."""


class KeptLines:
    """Writes lines as they come, and reads them at the start."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written = 0
        database.define(TABLE)

    def write(self, group: str, stream: str, time: int, lines: Sequence[str]) -> None:
        """Keep lines of one moment, in milliseconds."""
        self._database.write_all(
            "INSERT INTO lines (log_group, stream, time, message) VALUES (?, ?, ?, ?)",
            ((group, stream, time, line) for line in lines),
        )
        self._written += len(lines)
        if self._written > MOST // 2:
            self._written = 0
            self._forget()

    def load(self, backend: Any) -> None:
        """Put the lines into moto's groups, as far as these are still there."""
        self._forget()
        query = "SELECT log_group, stream, time, message FROM lines ORDER BY id"
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for group, stream, time, message in self._database.rows(query):
            line = {"timestamp": time, "message": message}
            found.setdefault((group, stream), []).append(line)
        for (group, stream), lines in found.items():
            if group in backend.groups:
                if stream not in backend.groups[group].streams:
                    backend.create_log_stream(group, stream)
                backend.groups[group].streams[stream].put_log_events(lines)

    def _forget(self) -> None:
        self._database.write(
            "DELETE FROM lines WHERE id <= (SELECT max(id) FROM lines) - ?", (MOST,)
        )
