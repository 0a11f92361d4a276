"""One asyncio loop in a thread of its own: executions run there, requests come from anywhere."""

from __future__ import annotations

import asyncio
import inspect
import threading
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

from local.stepfunctions.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable


class LoopThread:
    """A running loop. `ask` runs a function on it and waits for its answer."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._asked: set[Future[Any]] = set()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="executions", daemon=True)
        self._thread.start()

    def ask(self, function: Callable[[], Any]) -> Any:
        """The function's answer, or its exception, from the loop's thread.

        An answer that is awaitable is awaited there.

        Raises:
            StoppedError: the loop does not run any more.
            RuntimeError: an awaitable answer was asked for on the loop, which cannot wait for
                itself.
        """
        if threading.current_thread() is self._thread:
            return _at_once(function())
        future: Future[Any] = Future()
        self._asked.add(future)
        try:
            if self._stopped:
                raise StoppedError
            self.loop.call_soon_threadsafe(self._answer, function, future)
            return future.result()
        except CancelledError as error:
            raise StoppedError from error
        finally:
            self._asked.discard(future)

    def stop(self) -> None:
        """Cancel all that runs, cut off who waits, and end the thread; twice is once."""
        if self._stopped:
            return
        self._stopped = True
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        for future in list(self._asked):
            future.cancel()

    def _answer(self, function: Callable[[], Any], future: Future[Any]) -> None:
        try:
            answer = function()
        except BaseException as error:  # noqa: BLE001 - the asker gets it, whatever it is
            future.set_exception(error)
        else:
            if inspect.isawaitable(answer):
                asyncio.ensure_future(answer).add_done_callback(lambda done: _copy(done, future))
            else:
                future.set_result(answer)

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


def _at_once(answer: Any) -> Any:
    if inspect.iscoroutine(answer):
        answer.close()
        raise RuntimeError("this would wait on the loop for the loop itself")
    return answer


def _copy(done: asyncio.Future[Any], future: Future[Any]) -> None:
    if done.cancelled():
        future.cancel()
    elif error := done.exception():
        future.set_exception(error)
    else:
        future.set_result(done.result())
