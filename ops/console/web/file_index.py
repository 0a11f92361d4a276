"""The files of the days that somebody looks at, kept as small rows.

A day of 100,000 files takes seconds to read, and a filter over its rows some milliseconds. So a day
is read in the background, once if it is over, and of today only what is new since the last time.
The first time it is read, today's files are known by the names of their records much sooner.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Final

from ops.console.web.background_query import BackgroundQuery
from ops.pipeline.recorded_files import Cache, by_key, files_of

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.recorded_files import Record

READ_SECONDS: Final = 20.0
"""The least time between two reads of a day."""
DAYS: Final = 3
"""So many days are kept: 100,000 files take about 70 MB."""
KEPT: Final = (
    *("key", "version_id", "status", "format", "records", "size_bytes", "uploaded_at"),
    *("error", "execution_arn"),
)


class FileIndex:
    """The last days that were asked for."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._days: OrderedDict[str, BackgroundQuery[list[Record]]] = OrderedDict()
        self._known: dict[str, Cache] = {}
        self._named: dict[str, list[Record]] = {}
        self._lock = Lock()

    def day(self, date: str) -> BackgroundQuery[list[Record]]:
        """The rows of a day's files, by key."""
        with self._lock:
            if date not in self._days:
                self._known[date] = {}
                read = partial(self._read, date, self._known[date])
                self._days[date] = BackgroundQuery(read, READ_SECONDS)
            self._days.move_to_end(date)
            while len(self._days) > DAYS:
                gone, _ = self._days.popitem(last=False)
                self._known.pop(gone)
                self._named.pop(gone, None)
            return self._days[date]

    def named(self, date: str) -> list[Record] | None:
        """The files of a day by key, as far as the names of their records say; None if unknown."""
        return self._named.get(date)

    def in_full(self, date: str, row: Record) -> Record:
        """A row of `named`, with all that its record says where that was read already."""
        found = self._known.get(date, {}).get(row.get("place", ("", "")))
        return row if found is None else _row(found)

    def read_so_far(self, date: str) -> int:
        """How many single records of a day were read, for whoever waits for the first answer."""
        return len(self._known.get(date, ()))

    def _read(self, date: str, known: Cache) -> list[Record]:
        def keep(named: list[Record]) -> None:
            rows = by_key(named)
            with self._lock:
                if date in self._days:  # else nobody looks at that day any more
                    self._named[date] = rows

        rows = [_row(each) for each in files_of(self._deployment, date, known, keep)]
        return by_key(rows)


def _row(record: Record) -> Record:
    return {name: record[name] for name in KEPT if name in record}
