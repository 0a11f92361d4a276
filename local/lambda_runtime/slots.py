"""How many calls run at once on a machine of a few cores."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT_SECONDS = 0.3


class Slots:
    """As many short calls as there are cores, beside those that take long; `most` in all.

    Calls that compute are done no sooner for being more, and take the processor from the endpoint,
    which all of them ask: with two for each core, a report over 30,000 records took a fifth longer.
    A call that runs for longer than a short one is taken to wait, for a slow answer or its time
    limit, and holds no other up.
    """

    def __init__(self, cores: int, most: int, short: float = SHORT_SECONDS) -> None:
        self._cores = cores
        self._most = most
        self._short = short
        self._running: dict[object, float] = {}
        """When each call began, in that order."""
        self._ended = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a slot, and keep it meanwhile."""
        call = object()
        with self._ended:
            while (wait := self._wait()) > 0:
                self._ended.wait(wait)
            self._running[call] = time.monotonic()
        try:
            yield
        finally:
            with self._ended:
                del self._running[call]
                self._ended.notify()

    def _wait(self) -> float:
        """Seconds until it is worth to look again; 0 where there is a slot."""
        if len(self._running) >= self._most:
            return self._short
        long_ago = time.monotonic() - self._short
        short = [began for began in self._running.values() if began > long_ago]
        return short[0] - long_ago if len(short) >= self._cores else 0
