"""One asyncio loop in a thread of its own: executions run there, requests come from anywhere."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")


class LoopThread:
    """A running loop. `ask` runs a function on it and waits for its answer."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="executions", daemon=True)
        self._thread.start()

    def ask(self, function: Callable[[], Answer]) -> Answer:
        """The function's answer, or its exception, from the loop's thread."""
        if threading.current_thread() is self._thread:
            return function()
        return asyncio.run_coroutine_threadsafe(self._call(function), self.loop).result()

    def stop(self) -> None:
        """Cancel all that runs and end the thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    async def _call(self, function: Callable[[], Answer]) -> Answer:
        return function()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self.loop.close()
