"""Versions of objects: a row each with moto's own object in it, which names its content's file."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from local.moto_patches import pickling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.kept.database import Database
    from local.s3.kept_content import Contents

TABLE: Final = """
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT, key TEXT, number INTEGER, content TEXT, body BLOB,
  PRIMARY KEY (bucket, key, number)) WITHOUT ROWID;
"""


class KeptObjects:
    """Every version of every object of moto's buckets."""

    def __init__(self, database: Database, contents: Contents) -> None:
        self._database = database
        self._contents = contents
        database.define(TABLE)

    def save(self, bucket: Any, keys: Iterable[str]) -> None:
        """Write what there is of those keys now, in the place of what there was."""
        with self._database.transaction():
            for key in keys:
                if bucket.keys.is_read(key):
                    self._save(bucket, key)
            self._contents.remove_released()

    def _save(self, bucket: Any, key: str) -> None:
        change = bucket.keys.last_change(key)
        rows = [
            (bucket.name, key, number, _content(each), pickling.dump(each))
            for number, each in enumerate(bucket.keys.getlist(key, []))
        ]
        values = (bucket.name, key)
        self._database.write("DELETE FROM objects WHERE bucket = ? AND key = ?", values)
        self._database.write_all("INSERT INTO objects VALUES (?, ?, ?, ?, ?)", rows)
        read = self._reader(bucket.name)
        self._database.once_committed(lambda: bucket.keys.written(key, read, change))

    def load(self, buckets: dict[str, Any], parts: set[str]) -> None:
        """Tell moto's buckets their keys, and remove files that no object and no part has."""
        names: dict[str, dict[str, None]] = {name: {} for name in buckets}
        contents = set(parts)
        query = "SELECT bucket, key, content FROM objects ORDER BY bucket, key, number"
        for bucket, key, content in self._database.rows(query):
            contents.add(content)
            names.get(bucket, {})[key] = None
        for name, bucket in buckets.items():
            bucket.keys.begin(list(names[name]), self._reader(name))
        self._contents.remove_all_but(contents)

    def _reader(self, bucket: str) -> Callable[[str], list[Any]]:
        return functools.partial(self._read, bucket)

    def _read(self, bucket: str, key: str) -> list[Any]:
        query = "SELECT body FROM objects WHERE bucket = ? AND key = ? ORDER BY number"
        rows = self._database.rows(query, (bucket, key))
        return [pickling.load(body, self._contents) for (body,) in rows]


def _content(version: Any) -> str | None:
    """The name of its file; a delete marker has none."""
    return getattr(getattr(version, "_value_buffer", None), "name", None)
