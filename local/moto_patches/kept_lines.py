"""The newest log lines of functions, machines and clients: a row each.

Lines are what a kept world has most of, and what is wanted least of an older day: so they have no
part in the snapshot, and only so many of them are read back as cost a tenth of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.moto_patches import logs

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
    """Writes the lines of one account and region as they come, and reads them at the start."""

    def __init__(self, database: Database, account_id: str, region: str) -> None:
        self._database = database
        self._place = (account_id, region)
        self._written = 0
        database.define(TABLE)

    def load(self, backend: Any) -> None:
        """Put the lines into moto's groups, as far as these are still there, and follow them."""
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
        logs.follow(self)

    def wrote(self, stream: Any, events: Sequence[dict[str, Any]]) -> None:
        """Keep the events of a stream, each with its time in milliseconds."""
        if (stream.account_id, stream.region) != self._place:
            return
        group = stream.log_group.name
        self._database.write_all(
            "INSERT INTO lines (log_group, stream, time, message) VALUES (?, ?, ?, ?)",
            (
                (group, stream.log_stream_name, int(each["timestamp"]), _whole(each["message"]))
                for each in events
            ),
        )
        self._written += len(events)
        if self._written > MOST // 2:
            self._written = 0
            self._forget()

    def deleted(self, group: Any, stream: str | None) -> None:
        """Keep no line of a group, or of one of its streams, that is gone."""
        if (group.account_id, group.region) != self._place:
            return
        if stream is None:
            self._database.write("DELETE FROM lines WHERE log_group = ?", (group.name,))
        else:
            statement = "DELETE FROM lines WHERE log_group = ? AND stream = ?"
            self._database.write(statement, (group.name, stream))

    def expired(self, group: str, oldest: float) -> None:
        """Keep no line of a group that is older than that, in milliseconds."""
        statement = "DELETE FROM lines WHERE log_group = ? AND time < ?"
        self._database.write(statement, (group, oldest))

    def _forget(self) -> None:
        self._database.write(
            "DELETE FROM lines WHERE id <= (SELECT max(id) FROM lines) - ?", (MOST,)
        )


def _whole(text: str) -> str:
    """A text as UTF-8 can hold it: JSON may have half a surrogate pair."""
    return text.encode(errors="replace").decode()
