"""Run many jobs with so many at once, taken one by one from a source that may be long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Jobs = AsyncGenerator[Callable[[], Awaitable[object]]]


async def run_window(jobs: Jobs, size: int) -> None:
    """Run every job, `size` at once; at the first failure cancel the others and raise it."""
    await Window(jobs, size).run()


class Window:
    """Jobs that run side by side, as many as its size says at the moment.

    A job is taken from the source only when there is room for it, so the source may be a listing
    of a million objects.
    """

    def __init__(self, jobs: Jobs, size: int) -> None:
        self._jobs = jobs
        self._size = max(size, 1)
        self._taking = asyncio.Lock()
        self._at_work = 0
        self._workers: set[asyncio.Task[None]] = set()
        self._failures: list[Exception] = []
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Run every job; at the first failure cancel the others and raise it."""
        self._fill()
        try:
            await self._over
        finally:
            left = list(self._workers)
            for each in left:
                each.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            # A source that is not at its end would be closed by a task that nobody awaits.
            await self._jobs.aclose()
        if self._failures:
            # The first in time, so that a run is replayed alike; a set of tasks has no order.
            raise self._failures[0]

    def resize(self, size: int) -> None:
        """From now on so many at once; what runs already runs on."""
        self._size = max(size, 1)
        if not self._over.done():
            self._fill()

    def _fill(self) -> None:
        for _ in range(self._at_work, self._size):
            self._at_work += 1
            worker = asyncio.ensure_future(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._left)

    async def _work(self) -> None:
        try:
            job = await self._next()
            while job is not None:
                await job()
                job = await self._next()
        except Exception as failure:  # noqa: BLE001 - whatever it is, `run` raises it
            self._failures.append(failure)
        finally:
            self._at_work -= 1

    async def _next(self) -> Callable[[], Awaitable[object]] | None:
        """The next job; None if there is none, or none for this worker."""
        if self._failures or self._at_work > self._size:
            return None
        async with self._taking:
            return await anext(self._jobs, None)

    def _left(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if (self._failures or not self._workers) and not self._over.done():
            self._over.set_result(None)
