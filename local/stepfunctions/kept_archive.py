"""Histories of executions that ended, in the database: the dictionaries alone are in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local.asl import History
from local.stepfunctions.packed_history import Archive

if TYPE_CHECKING:
    from local.kept.database import Database
    from local.stepfunctions.packed_history import Events, Packed


class KeptArchive(Archive):
    """The histories of one listing."""

    def __init__(self, database: Database, listing: str) -> None:
        query = "SELECT body FROM dictionaries WHERE listing = ? ORDER BY number"
        known = [bytes(body) for (body,) in database.rows(query, (listing,))]
        super().__init__([b"", *known])
        self._database = database
        self._listing = listing

    def keep_dictionary(self, number: int, body: bytes) -> None:
        """Keep what later histories are packed against."""
        values = (self._listing, number, body)
        self._database.write("INSERT INTO dictionaries VALUES (?, ?, ?)", values)

    def events(self, record: Packed) -> Events:
        """The events of one execution that is not in memory."""
        query = "SELECT packed FROM histories WHERE execution = ?"
        packed = self._database.value(query, (record.row,))
        if packed is not None:
            return self.unpack(bytes(packed))
        query = "SELECT body FROM events WHERE execution = ? ORDER BY last"
        bodies = self._database.rows(query, (record.row,))
        events = [event for (body,) in bodies for event in json.loads(body)]
        history = History()
        history.count = len(events)
        history.restore(events)
        return history.events()
