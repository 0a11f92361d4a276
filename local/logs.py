"""CloudWatch Logs as moto keeps them, written to in process."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from local import moto_backends

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_EVENTS = 10_000
"""How many events a stream keeps at most: the newest ones. Others go by their group's retention."""


class CloudWatchLogs:
    """Appends lines to streams, making group and stream as they are needed."""

    def __init__(self, account_id: str, region: str) -> None:
        self._backend: Any = moto_backends.logs(account_id, region)
        self._lock = threading.Lock()

    def has_group(self, name: str) -> bool:
        """Whether there is a log group of that name."""
        return name in self._backend.groups

    def write(self, group: str, stream: str, line: str) -> None:
        """Append one line, at this moment."""
        self.write_all(group, stream, [line])

    def write_all(self, group: str, stream: str, lines: Sequence[str]) -> None:
        """Append lines, at this moment."""
        now = int(time.time() * 1000)
        with self._lock:
            if group not in self._backend.groups:
                self._backend.create_log_group(group, {})
            if stream not in self._backend.groups[group].streams:
                self._backend.create_log_stream(group, stream)
            found = self._backend.groups[group].streams[stream]
            found.put_log_events([{"timestamp": now, "message": line} for line in lines])
            if len(found.events) > MOST_EVENTS:
                del found.events[: MOST_EVENTS // 2]
