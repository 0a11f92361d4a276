"""Uploads in parts that are not complete: a row each, and a row each part."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from local.moto_patches import pickling

if TYPE_CHECKING:
    from local.kept.database import Database
    from local.s3.kept_content import Contents

TABLES: Final = """
CREATE TABLE IF NOT EXISTS uploads (
  bucket TEXT, id TEXT, body BLOB, PRIMARY KEY (bucket, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload_parts (
  bucket TEXT, id TEXT, number INTEGER, content TEXT, body BLOB,
  PRIMARY KEY (bucket, id, number)) WITHOUT ROWID;
"""


class KeptUploads:
    """The uploads of every bucket of moto's."""

    def __init__(self, database: Database, contents: Contents) -> None:
        self._database = database
        self._contents = contents
        self._known: dict[str, set[str]] = {}
        database.define(TABLES)

    def save(self, bucket: Any, part: tuple[str, int] | None) -> None:
        """Write the uploads that were begun, forget those that are over, and write one part."""
        known = self._known.setdefault(bucket.name, set())
        uploads = dict(bucket.multiparts)
        with self._database.transaction():
            for name in known - uploads.keys():
                self._forget(bucket.name, name)
            for name in uploads.keys() - known:
                values = (bucket.name, name, pickling.dump(_without_parts(uploads[name])))
                self._database.write("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", values)
            if part is not None and part[0] in uploads:
                self._save_part(bucket.name, uploads[part[0]], *part)
            self._contents.remove_released()
        self._known[bucket.name] = set(uploads)

    def load(self, buckets: dict[str, Any]) -> set[str]:
        """Put the uploads into moto's buckets; the names of their parts' files."""
        for bucket, name, body in self._database.rows("SELECT * FROM uploads"):
            if bucket in buckets:
                buckets[bucket].multiparts[name] = pickling.load(body, self._contents)
                self._known.setdefault(bucket, set()).add(name)
        contents = set()
        query = "SELECT * FROM upload_parts ORDER BY bucket, id, number"
        for bucket, name, number, content, body in self._database.rows(query):
            if name in self._known.get(bucket, ()):
                upload = buckets[bucket].multiparts[name]
                upload.parts[number] = pickling.load(body, self._contents)
                upload.partlist.append(number)
                contents.add(content)
        return contents

    def _forget(self, bucket: str, name: str) -> None:
        for table in ("uploads", "upload_parts"):
            statement = f"DELETE FROM {table} WHERE bucket = ? AND id = ?"  # noqa: S608 - ours
            self._database.write(statement, (bucket, name))

    def _save_part(self, bucket: str, upload: Any, name: str, number: int) -> None:
        part = upload.parts.get(number)
        if part is not None:
            content = part._value_buffer.name  # noqa: SLF001 - moto has no other place for it
            values = (bucket, name, number, content, pickling.dump(part))
            statement = "INSERT OR REPLACE INTO upload_parts VALUES (?, ?, ?, ?, ?)"
            self._database.write(statement, values)


def _without_parts(upload: Any) -> Any:
    alone = copy.copy(upload)
    alone.parts, alone.partlist = {}, []
    return alone
