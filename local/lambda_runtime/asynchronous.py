"""Calls of functions that nobody waits for."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from local.lambda_runtime.functions import FunctionNotFound
from local.lambda_runtime.pool import PoolStopped, TooManyRequests

if TYPE_CHECKING:
    from local.lambda_runtime.pool import Pool

log = logging.getLogger(__name__)

RETRY_SECONDS = (60, 120)
"""Lambda's two more attempts where the function fails (guide, "Asynchronous invocation")."""


def call_later(pool: Pool, name: str, event: bytes) -> None:
    """Call the function in a thread of its own; what becomes of it is in its log alone."""
    threading.Thread(target=_call, args=(pool, name, event), daemon=True).start()


def _call(pool: Pool, name: str, event: bytes) -> None:
    for delay in (*RETRY_SECONDS, None):
        try:
            failed = pool.invoke(name, event).function_error is not None
        except PoolStopped:
            return
        except (FunctionNotFound, TooManyRequests) as error:
            log.warning("function %s was not called: %s", name, error)
            return
        if not failed or delay is None:
            return
        time.sleep(delay)
