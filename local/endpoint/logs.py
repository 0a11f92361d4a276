"""CloudWatch Logs as moto keeps them, written to in process."""

from __future__ import annotations

import threading
import time
from typing import Any

from moto.logs.models import logs_backends


class CloudWatchLogs:
    """Appends lines to streams, making group and stream as they are needed."""

    def __init__(self, account_id: str, region: str) -> None:
        self._backend: Any = logs_backends[account_id][region]
        self._lock = threading.Lock()

    def write(self, group: str, stream: str, line: str) -> None:
        """Append one line, at this moment."""
        event = {"timestamp": int(time.time() * 1000), "message": line}
        with self._lock:
            if group not in self._backend.groups:
                self._backend.create_log_group(group, {})
            if stream not in self._backend.groups[group].streams:
                self._backend.create_log_stream(group, stream)
            self._backend.groups[group].streams[stream].put_log_events([event])
