"""CloudWatch Logs as moto keeps them, written to in process."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from moto.logs.models import logs_backends

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from local.iam.authorizer import Gate

MOST_EVENTS = 10_000
"""How many events a stream keeps at most: the newest ones. Nothing here ever expires otherwise."""


class CloudWatchLogs:
    """Appends lines to streams, making group and stream as they are needed."""

    def __init__(self, account_id: str, region: str) -> None:
        self._backend: Any = logs_backends[account_id][region]
        self._lock = threading.Lock()

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
            kept = self._backend.groups[group].streams[stream]
            kept.put_log_events([{"timestamp": now, "message": line} for line in lines])
            if len(kept.events) > MOST_EVENTS:
                del kept.events[: MOST_EVENTS // 2]


class LogsOfRoles:
    """What functions write, as far as their roles may write it; as on AWS, the rest is lost."""

    def __init__(self, logs: CloudWatchLogs, gate: Gate, region: str, account_id: str) -> None:
        self._logs = logs
        self._gate = gate
        self._groups = f"arn:aws:logs:{region}:{account_id}:log-group"

    def of_role(self, role_arn: str, group: str, stream: str) -> Callable[[Sequence[str]], None]:
        """How a function with that role writes lines to that stream, from when it may."""
        group_arn = f"{self._groups}:{group}"
        wanted = {
            "logs:CreateLogStream": f"{group_arn}:*",
            "logs:PutLogEvents": f"{group_arn}:log-stream:{stream}",
        }
        allowed = self._allowed(role_arn, wanted)

        def write(lines: Sequence[str]) -> None:
            nonlocal allowed
            allowed = allowed or self._allowed(role_arn, wanted)
            if allowed:
                self._logs.write_all(group, stream, lines)

        return write

    def _allowed(self, role_arn: str, wanted: Mapping[str, str]) -> bool:
        asked = [self._gate.allows(role_arn, action, arn, {}) for action, arn in wanted.items()]
        return all(asked)
