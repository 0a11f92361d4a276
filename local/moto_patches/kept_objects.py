"""Versions of objects: a row each with moto's own object in it, which names its content's file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.moto_patches import pickling

if TYPE_CHECKING:
    from collections.abc import Iterable

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
                values = (bucket.name, key)
                self._database.write("DELETE FROM objects WHERE bucket = ? AND key = ?", values)
                rows = [
                    (bucket.name, key, number, _content(each), pickling.dump(each))
                    for number, each in enumerate(bucket.keys.getlist(key, []))
                ]
                self._database.write_all("INSERT INTO objects VALUES (?, ?, ?, ?, ?)", rows)
            self._contents.remove_released()

    def load(self, buckets: dict[str, Any]) -> None:
        """Put the objects into moto's buckets, and remove files that none of them has."""
        contents = set()
        query = "SELECT bucket, key, content, body FROM objects ORDER BY bucket, key, number"
        for bucket, key, content, body in self._database.rows(query):
            contents.add(content)
            if bucket in buckets:
                keys = buckets[bucket].keys
                keys[key] = pickling.load(body, self._contents)
        self._contents.remove_all_but(contents)


def _content(version: Any) -> str | None:
    """The name of its file; a delete marker has none."""
    return getattr(getattr(version, "_value_buffer", None), "name", None)
