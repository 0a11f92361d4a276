"""What takes seconds to count is counted in the background, and shown as it was last counted."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ops.pipeline.errors import OpsError, explained

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

REST: float = 3.0
"""Seconds of rest after a query, for each second that it took."""


class BackgroundQuery(Generic[T]):
    """The last answer of a query that is only repeated while somebody has the page open."""

    def __init__(self, query: Callable[[], T], least_seconds: float) -> None:
        self._query = query
        self._least = least_seconds
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._running = False
        self._due = 0.0
        self._value: T | None = None
        self._answered_at = 0.0
        self.problem: str | None = None
        """Why the last try had no answer, in one line."""

    def value(self, patience: float = 0.05) -> T | None:
        """The last answer; None if there is none within so many seconds."""
        with self._lock:
            begin = not self._running and time.monotonic() >= self._due
            self._running = self._running or begin
        if begin:
            threading.Thread(target=self._run, name="query", daemon=True).start()
        self._answered.wait(patience)
        return self._value

    @property
    def age(self) -> float | None:
        """Seconds since the query began whose answer `value` gives; None without an answer."""
        return time.monotonic() - self._answered_at if self._answered_at else None

    def refresh(self) -> None:
        """Something was changed: the next `value` is to be a fresh one."""
        self._due = 0.0

    def _run(self) -> None:
        begun = time.monotonic()
        try:
            self._value, self.problem = self._query(), None
            self._answered_at = begun
        except OpsError as error:
            self.problem = str(error)
        except (ClientError, BotoCoreError) as error:
            self.problem = str(explained(error))
        finally:
            now = time.monotonic()
            self._due = now + max(self._least, (now - begun) * REST)
            self._running = False
            self._answered.set()
