"""Messages of queues: a row each, as moto has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.moto_patches import pickling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.kept.database import Database
    from local.s3.kept_content import Contents

TABLE: Final = """
CREATE TABLE IF NOT EXISTS messages (
  queue TEXT, id TEXT, number INTEGER, body BLOB, PRIMARY KEY (queue, id)) WITHOUT ROWID;
"""
State = tuple[int, float, str | None]
"""What changes of a message: how often it was received, when it is seen again, its handle."""


class KeptMessages:
    """The messages of every queue of moto's."""

    def __init__(self, database: Database, contents: Contents) -> None:
        self._database = database
        self._contents = contents
        self._known: dict[str, dict[str, State]] = {}
        self._number = 0
        database.define(TABLE)

    def save(self, queues: Iterable[Any]) -> None:
        """Write what changed of those queues."""
        with self._database.transaction():
            for queue in queues:
                self._save(queue)

    def load(self, queues: dict[str, Any]) -> None:
        """Put the messages into moto's queues, but those that are past the queue's retention."""
        query = "SELECT queue, id, number, body FROM messages ORDER BY number"
        for arn, name, number, body in self._database.rows(query):
            self._number = number
            queue = queues.get(arn.rpartition(":")[2])
            if queue is not None:
                message = pickling.load(body, self._contents)
                queue._messages.append(message)  # noqa: SLF001 - moto offers to send it anew only
                self._known.setdefault(arn, {})[name] = _state(message)

    def _save(self, queue: Any) -> None:
        arn = queue.queue_arn
        known = self._known.setdefault(arn, {})
        messages = {each.id: each for each in list(queue._messages)}  # noqa: SLF001 - all of them
        for gone in known.keys() - messages.keys():
            del known[gone]
            values = (arn, gone)
            self._database.write("DELETE FROM messages WHERE queue = ? AND id = ?", values)
        for name, message in messages.items():
            state = _state(message)
            if known.get(name) != state:
                known[name] = state
                self._number += 1
                self._database.write(
                    "INSERT INTO messages VALUES (?, ?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET body = excluded.body",
                    (arn, name, self._number, pickling.dump(message)),
                )


def _state(message: Any) -> State:
    return message.approximate_receive_count, message.visible_at, message.receipt_handle
