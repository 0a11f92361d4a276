"""Run many jobs with so many at once, taken one by one from a source that may be long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


async def run_window(jobs: AsyncIterator[Callable[[], Awaitable[object]]], size: int) -> None:
    """Run every job; at the first failure cancel the others and raise it.

    A job is taken from the source only when there is room for it, so the source may be a listing
    of a million objects.
    """
    taking = asyncio.Lock()

    async def worker() -> None:
        while True:
            async with taking:
                job = await anext(jobs, None)
            if job is None:
                return
            await job()

    workers = [asyncio.ensure_future(worker()) for _ in range(size)]
    try:
        done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        for finished in done:
            finished.result()
    finally:
        for each in workers:
            each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
