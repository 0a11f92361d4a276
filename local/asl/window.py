"""Run many jobs with so many at once, taken one by one from a source that may be long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Jobs = AsyncIterator[Callable[[], Awaitable[object]]]


async def run_window(jobs: Jobs, size: int) -> None:
    """Run every job; at the first failure cancel the others and raise it.

    A job is taken from the source only when there is room for it, so the source may be a listing
    of a million objects.
    """
    taking = asyncio.Lock()
    failures: list[Exception] = []
    workers = [asyncio.ensure_future(_work(jobs, taking, failures)) for _ in range(max(size, 1))]
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for each in workers:
            each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    if failures:
        # The first in time, so that a run is replayed alike; a set of tasks has no order.
        raise failures[0]


async def _work(jobs: Jobs, taking: asyncio.Lock, failures: list[Exception]) -> None:
    try:
        job = await _take(jobs, taking)
        while job is not None:
            await job()
            job = None if failures else await _take(jobs, taking)
    except Exception as failure:
        failures.append(failure)
        raise


async def _take(jobs: Jobs, taking: asyncio.Lock) -> Callable[[], Awaitable[object]] | None:
    async with taking:
        return await anext(jobs, None)
