"""Connections that cannot keep the console busy by sending nothing.

uvicorn has no limit on how long a request's head may take (its issue 157), and counts connections
that wait for one against `limit_concurrency`: 64 half-sent requests kept the console at 503. Here a
head has so many seconds, and where many connections wait for one, the oldest gives way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

HEAD_SECONDS: Final = 10
"""How long a request's head may take, from its connection or its first byte on a kept one."""
WAITING: Final = 32
"""Connections at the same time that are not being answered; fewer than `server.REQUESTS`."""


class BoundedConnection(H11Protocol):
    """One connection. h11 also bounds the size of a head, as httptools does not."""

    _deadline: asyncio.TimerHandle | None = None
    since = 0.0
    """When it began to wait for a head, by the loop's clock."""

    @property
    def waits(self) -> bool:
        """Whether it is open and no request of it is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        answered = cycle is not None and not cycle.response_complete
        return not (answered or self.transport.is_closing())

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take its place among those that wait."""
        others = (each for each in self.connections if isinstance(each, BoundedConnection))
        waiting = [each for each in others if each.waits]
        if len(waiting) >= WAITING:
            min(waiting, key=lambda each: each.since).transport.abort()
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place up."""
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; once its head is complete there is nothing to wait for."""
        if self._deadline is None and self.waits:
            self._expect_head()
        super().data_received(data)
        if not self.waits:
            self._forget_deadline()

    def _expect_head(self) -> None:
        self.since = self.loop.time()
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
