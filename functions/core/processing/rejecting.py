"""A bad file leaves its function with the record to store, for the dead-letter branch."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile
from functions.core.processing import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.processing.records import ExecutionInfo
    from functions.core.uploads import Upload


@contextmanager
def rejecting(upload: Upload, execution: ExecutionInfo) -> Iterator[None]:
    """Give an InvalidFile that is raised inside the record and its key as its details."""
    try:
        yield
    except InvalidFile as why:
        why.details = {
            "record_key": upload.record_key(rejected=True),
            "record": records.rejected(upload, why, execution),
        }
        raise
