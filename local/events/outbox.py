"""Deliveries that are owed: on the disk before the request is answered that they come from."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

from local.events.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.kept.database import Database

TABLE: Final = """
CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body TEXT);
"""


class Outbox:
    """Owed deliveries, until each is made or is in its dead-letter queue."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(TABLE)

    def add(self, delivery: Delivery, make: Callable[[Delivery], None]) -> None:
        """Owe a delivery, under a name of its own, and have it made.

        An execution that it starts has that name, so that a delivery which is made again because
        the process was killed meanwhile starts no second one.
        """
        named = replace(delivery, name=str(uuid.uuid4()))
        values = (named.name, json.dumps(asdict(named)))
        with self._database.transaction():
            self._database.write("INSERT INTO deliveries (name, body) VALUES (?, ?)", values)
            self._database.once_handed_in(lambda: make(named))

    def done(self, delivery: Delivery) -> None:
        """Owe it no more."""
        self._database.write("DELETE FROM deliveries WHERE name = ?", (delivery.name,))

    def owed(self) -> Iterator[Delivery]:
        """What is owed, in the order in which it came."""
        for (body,) in self._database.rows("SELECT body FROM deliveries ORDER BY id"):
            given = json.loads(body)
            given["origin"] = tuple(tuple(pair) for pair in given["origin"])
            yield Delivery(**given)
