"""Invoke: a process for each concurrent call, kept warm, never more than this machine bears."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from local.lambda_runtime.answers import Answer, ended, not_loaded
from local.lambda_runtime.environment import environment_of
from local.lambda_runtime.forks import Forks
from local.lambda_runtime.process import (
    LAYERS,
    Launch,
    OutOfMemory,
    Worker,
    WorkerDied,
    WorkerTimeout,
)
from local.lambda_runtime.slots import Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from local.credentials import Callers
    from local.lambda_runtime.functions import Function, Functions

CORES = os.cpu_count() or 1
MOST_WORKERS = 4 * CORES
LOAD_SECONDS = 60.0
"""How long a handler may take to be imported. Lambda gives 10 s and has its processor to itself."""


class TooManyRequests(Exception):  # noqa: N818 - Lambda's own word
    """The function's reserved concurrency is used up."""


class PoolStopped(TooManyRequests):
    """The endpoint is ending; no call begins any more."""


class Logs(Protocol):
    """Where a function's output goes: CloudWatch Logs."""

    def of_role(self, role_arn: str, group: str, stream: str) -> Callable[[Sequence[str]], None]:
        """How a function with that role writes lines to that stream."""


class Pool:
    """The workers of all functions. `endpoint_url` is to be set before the first call."""

    def __init__(self, functions: Functions, callers: Callers, logs: Logs) -> None:
        self.functions = functions
        self.endpoint_url = ""
        self.told: dict[str, str] = {}
        """Variables that each function gets beside its own."""
        self._callers = callers
        self._logs = logs
        self._idle: dict[Worker, Function] = {}
        """In the order in which their last calls ended."""
        self._alive: set[Worker] = set()
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._stopped = False
        self._slots = Slots(max(2, CORES), MOST_WORKERS)
        self._lifeline, self._held = os.pipe()
        self._forks = Forks(LAYERS)

    def invoke(self, name: str, event: bytes, *, nested: bool = False) -> Answer:
        """Call a function with an event's JSON and wait for its answer.

        `nested` says that a function calls, which keeps its own place in the meantime: such a
        call waits for none, or two functions could wait for each other for ever.

        Raises:
            FunctionNotFound: there is no such function.
            TooManyRequests: its reserved concurrency is used up.
            PoolStopped: the endpoint is ending.
        """
        function = self.functions.find(name)
        with self._counted(function):
            if nested:
                return self._call(function, event)
            with self._slots.one():
                return self._call(function, event)

    def stop(self) -> None:
        """End every worker. A call that waits for one finds its end and closes it itself."""
        with self._lock:
            self._stopped = True
            alive, self._alive = self._alive, set()
            idle, self._idle = list(self._idle), {}
        for worker in alive:
            worker.kill()
        for worker in idle:
            worker.close()
        # Its other end stays open: a worker that is being started inherits it, and ends by it.
        os.close(self._held)
        self._forks.close()
        self.functions.remove()

    @contextmanager
    def _counted(self, function: Function) -> Iterator[None]:
        limit = function.reserved_concurrency
        with self._lock:
            if limit is not None and self._calls[function.name] >= limit:
                raise TooManyRequests(function.name)
            self._calls[function.name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls[function.name] -= 1

    def _call(self, function: Function, event: bytes) -> Answer:
        call = Call(function)
        worker = self._take(function)
        try:
            if worker is None:
                worker = self._start(function)
                failed = worker.loaded(LOAD_SECONDS)
                if failed["error"] is not None:
                    return self._failed(call, worker, not_loaded(call.request_id, failed))
            head, body = worker.call(call.request(), event, function.timeout)
        except (WorkerDied, WorkerTimeout, OutOfMemory) as error:
            if worker is None:
                raise
            said = ended(call.request_id, function.timeout, error)
            return self._failed(call, worker, said)
        lines = call.lines(worker.output(), head.get("log"), head["max_memory_kb"])
        write = worker.write
        self._give_back(function, worker)
        write(lines)
        problem = "Unhandled" if head["failed"] else None
        return Answer(200, body, problem, tuple(lines), function.version)

    def _failed(self, call: Call, worker: Worker, said: tuple[bytes, str]) -> Answer:
        """The answer of a worker that is of no more use."""
        payload, text = said
        with self._lock:
            self._alive.discard(worker)
        lines = call.lines(worker.close(), text, call.function.memory_mb * 1024)
        worker.write(lines)
        return Answer(200, payload, "Unhandled", tuple(lines), call.function.version)

    def _take(self, function: Function) -> Worker | None:
        """An idle worker; None if one has to be started, for which there is room then."""
        with self._lock:
            if self._stopped:
                raise PoolStopped
            for worker in reversed(self._idle):
                if self._idle[worker] == function:
                    del self._idle[worker]
                    return worker
            surplus = self._surplus(function)
            self._alive.difference_update(surplus)
        for worker in surplus:
            worker.close()
        return None

    def _surplus(self, wanted: Function) -> list[Worker]:
        """Idle workers to end: those of configurations that are no more, and any over the limit.

        The one that was idle longest goes first: functions that are called in turn keep theirs.
        """
        outdated = [
            worker
            for worker, function in self._idle.items()
            if (function.name, function.version) == (wanted.name, wanted.version)
            and function.arn == wanted.arn
            and function != wanted
        ]
        over = len(self._alive) - len(outdated) - MOST_WORKERS + 1
        others = (worker for worker in self._idle if worker not in outdated)
        gone = [*outdated, *islice(others, max(over, 0))]
        for worker in gone:
            del self._idle[worker]
        return gone

    def _start(self, function: Function) -> Worker:
        day = datetime.now(UTC).strftime("%Y/%m/%d")
        stream = f"{day}/[{function.version}]{uuid.uuid4().hex}"
        folder = str(self.functions.code_folder(function))
        caller = self._callers.of_role(function.role_arn)
        launch = Launch(
            folder=folder,
            handler=function.handler,
            environment=self.told
            | environment_of(function, caller, folder, stream, self.endpoint_url),
            memory_mb=function.memory_mb,
            lifeline=self._lifeline,
        )
        write = self._logs.of_role(function.role_arn, function.log_group, stream)
        worker = Worker(launch, write, self._forks)
        with self._lock:
            self._alive.add(worker)
        return worker

    def _give_back(self, function: Function, worker: Worker) -> None:
        with self._lock:
            self._idle[worker] = function


class Call:
    """One call of a function: its ids, its time, and the lines that its log gets."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.request_id = str(uuid.uuid4())
        self._began = time.monotonic()

    def request(self) -> dict[str, object]:
        """What the worker is told beside the event. The clock starts with it."""
        self._began = time.monotonic()
        return {
            "request_id": self.request_id,
            "function_arn": self.function.arn,
            "timeout": self.function.timeout,
            "trace": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        }

    def lines(self, printed: Sequence[str], said: str | None, memory_kb: int) -> list[str]:
        """The log of the call, with Lambda's own lines around what was printed."""
        took = (time.monotonic() - self._began) * 1000
        report = (
            f"REPORT RequestId: {self.request_id}\tDuration: {took:.2f} ms\t"
            f"Billed Duration: {int(took) + 1} ms\tMemory Size: {self.function.memory_mb} MB\t"
            f"Max Memory Used: {memory_kb // 1024} MB"
        )
        return [
            f"START RequestId: {self.request_id} Version: {self.function.version}",
            *printed,
            *([said] if said else ()),
            f"END RequestId: {self.request_id}",
            report,
        ]
