"""All of moto but objects, messages and log lines: a snapshot after each change.

Stacks refer to roles, functions and buckets, so only all of it together is whole. It takes 10 ms
for Tally's five stacks, and none of the requests that a pipeline makes all day changes it.
"""

from __future__ import annotations

import importlib.metadata
import pickle
from typing import TYPE_CHECKING, Final

from moto.s3.models import s3_backends

from local.errors import LocalError
from local.moto_patches import pickling

if TYPE_CHECKING:
    from local.kept.database import Database
    from local.s3.kept_content import Contents

TABLE: Final = "CREATE TABLE IF NOT EXISTS backends (id INTEGER PRIMARY KEY, moto TEXT, body BLOB)"
TRIES: Final = 50
"""A thread that adds to what is being read makes one try fail, for a moment."""
UNREADABLE = (pickle.UnpicklingError, AttributeError, ImportError, TypeError, KeyError, IndexError)


class KeptBackends:
    """Writes and reads the snapshot."""

    def __init__(self, database: Database, contents: Contents) -> None:
        self._database = database
        self._contents = contents
        database.define(TABLE)

    def save(self) -> None:
        """Write the snapshot in the place of the one before."""
        values = (importlib.metadata.version("moto"), _snapshot())
        self._database.write("INSERT OR REPLACE INTO backends VALUES (1, ?, ?)", values)

    def load(self) -> None:
        """Put everything back.

        Raises:
            LocalError: it was written with another moto, which has its data otherwise.
        """
        for moto, body in self._database.rows("SELECT moto, body FROM backends"):
            try:
                found = pickling.load(body, self._contents)
            except UNREADABLE as error:
                text = f"the folder was written with moto {moto}, and this one cannot read it"
                raise LocalError(f"{text} ({error}): `tally local reset` empties it") from error
            s3_backends.bucket_accounts.update(found["bucket_accounts"])
            for address, state in found["backends"].items():
                pickling.backend_at(address).__dict__.update(state)


def _snapshot() -> bytes:
    for _ in range(TRIES):
        try:
            return pickling.dump(
                {
                    "bucket_accounts": dict(s3_backends.bucket_accounts),
                    "backends": {
                        address: vars(backend) for address, backend in pickling.backends().items()
                    },
                }
            )
        except RuntimeError as error:
            problem = error
    raise problem
