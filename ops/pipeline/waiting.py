"""Many executions at once, within what the API allows a second: described, started, followed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from ops.pipeline.errors import NotFoundError
from ops.pipeline.executions import RUNNING, Details, described, executions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ops.pipeline.deployment import Deployment

WORKERS: Final = 8
RATE: Final = 50.0
"""Starts and redrives a second, unless asked otherwise: a third of the smallest quota of any region
(Step Functions guide, "Quotas related to API action throttling": 150 a second)."""
POLL_SECONDS: Final = 0.5
LONGEST_POLL_SECONDS: Final = 5.0
TIMEOUT_SECONDS: Final = 3600.0

Given = TypeVar("Given")
Answer = TypeVar("Answer")


class Pacer:
    """Lets so many calls a second through, from any thread, evenly spaced."""

    def __init__(self, rate: float) -> None:
        self._gap = 1.0 / rate
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until it is this call's turn."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._gap
        time.sleep(max(turn - time.monotonic(), 0.0))


def together(function: Callable[[Given], Answer], given: Iterable[Given]) -> list[Answer]:
    """The function's answers in order, a few calls at a time."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(function, given))


def described_all(deployment: Deployment, arns: Iterable[str]) -> dict[str, Details | None]:
    """Each execution in full; None for one that is gone."""

    def one(arn: str) -> tuple[str, Details | None]:
        try:
            return arn, described(deployment, arn)
        except NotFoundError:
            return arn, None

    return dict(together(one, dict.fromkeys(arns)))


def until_ended(
    deployment: Deployment,
    redrives: Mapping[str, int],
    timeout: float = TIMEOUT_SECONDS,
) -> Iterator[Details]:
    """Executions as they end, in full; those that have not after `timeout` seconds never come.

    `redrives` says for each ARN how often it was redriven: DescribeExecution is eventually
    consistent, so an answer from before the redrive still says that it failed.
    """
    remaining = dict(redrives)
    deadline, pause = time.monotonic() + timeout, POLL_SECONDS / 5
    while remaining:
        running = _running(deployment, remaining)
        quiet = [arn for arn in remaining if arn not in running]
        for arn, found in described_all(deployment, quiet).items():
            if found is None:
                del remaining[arn]
            elif found.status != RUNNING and found.redrives >= remaining[arn]:
                del remaining[arn]
                yield found
        if not remaining or time.monotonic() > deadline:
            return
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_POLL_SECONDS)


def _running(deployment: Deployment, arns: Iterable[str]) -> set[str]:
    """ARNs that ListExecutions shows as running: a thousand for one request."""
    machines = {arn.split(":")[6] for arn in arns}
    wanted = [
        name for name, arn in deployment.machines.items() if arn.rpartition(":")[2] in machines
    ]
    return {each.arn for name in wanted for each in executions(deployment, name, RUNNING)}
