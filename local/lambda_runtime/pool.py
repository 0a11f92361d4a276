"""Invoke: a process for each concurrent call, kept warm, never more than this machine bears."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from local.lambda_runtime.functions import Answer, Function, Functions
from local.lambda_runtime.process import Launch, OutOfMemory, Worker, WorkerDied, WorkerTimeout

if TYPE_CHECKING:
    from local.endpoint.callers import Callers

MOST_WORKERS = 4 * (os.cpu_count() or 1)
MOST_BUSY = 2 * (os.cpu_count() or 1)


Write = Callable[[str], None]


class TooManyRequests(Exception):  # noqa: N818 - Lambda's own word
    """The function's reserved concurrency is used up."""


class Logs(Protocol):
    """Where a function's output goes: CloudWatch Logs."""

    def of_role(self, role_arn: str, group: str, stream: str) -> Write:
        """How a function with that role writes a line to that stream."""


class Pool:
    """The workers of all functions."""

    def __init__(
        self, functions: Functions, callers: Callers, logs: Logs, region: str, account_id: str
    ) -> None:
        self.functions = functions
        self.endpoint_url = ""
        self._callers = callers
        self._logs = logs
        self._region = region
        self._account_id = account_id
        self._idle: defaultdict[Function, list[tuple[Worker, Write]]] = defaultdict(list)
        self._alive: set[Worker] = set()
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._busy = threading.BoundedSemaphore(MOST_BUSY)

    def invoke(self, name: str, payload: Any) -> Answer:
        """Call a function and wait for its answer.

        Raises:
            FunctionNotFound: there is no such function.
            TooManyRequests: its reserved concurrency is used up.
        """
        function = self.functions.find(name)
        self._begin(function)
        try:
            with self._busy:
                return self._call(function, payload)
        finally:
            with self._lock:
                self._calls[function.name] -= 1

    def stop(self) -> None:
        """End every worker."""
        with self._lock:
            alive, self._alive = self._alive, set()
            self._idle.clear()
        for worker in alive:
            worker.close()
        self.functions.remove()

    def _begin(self, function: Function) -> None:
        with self._lock:
            limit = function.reserved_concurrency
            if limit is not None and self._calls[function.name] >= limit:
                raise TooManyRequests(function.name)
            self._calls[function.name] += 1

    def _call(self, function: Function, payload: Any) -> Answer:
        worker, write = self._take(function)
        request_id = str(uuid.uuid4())
        request = {
            "event": payload,
            "request_id": request_id,
            "function_arn": function.arn,
            "timeout": function.timeout,
            "trace": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        }
        write(f"START RequestId: {request_id} Version: $LATEST")
        began = time.monotonic()
        try:
            answer = worker.call(request, function.timeout)
        except (WorkerDied, WorkerTimeout, OutOfMemory) as error:
            self._discard(worker)
            _report(function, write, request_id, began, function.memory_mb * 1024)
            return _ended(function, request_id, error)
        self._give_back(function, worker, write)
        _report(function, write, request_id, began, answer["max_memory_kb"])
        if "error" in answer:
            return Answer(
                200, json.dumps({**answer["error"], "requestId": request_id}), "Unhandled"
            )
        return Answer(200, json.dumps(answer["result"]))

    def _take(self, function: Function) -> tuple[Worker, Write]:
        with self._lock:
            if self._idle[function]:
                return self._idle[function].pop()
            surplus = self._surplus(function)
        for worker in surplus:
            self._discard(worker)
        return self._start(function)

    def _surplus(self, wanted: Function) -> list[Worker]:
        """Idle workers to end: those of configurations that are no more, and any over the limit."""
        gone: list[Worker] = []
        for function, idle in self._idle.items():
            outdated = function.name == wanted.name and function != wanted
            while idle and (outdated or len(self._alive) - len(gone) >= MOST_WORKERS):
                gone.append(idle.pop(0)[0])
        return gone

    def _start(self, function: Function) -> tuple[Worker, Write]:
        day = datetime.now(UTC).strftime("%Y/%m/%d")
        stream = f"{day}/[$LATEST]{uuid.uuid4().hex}"
        write = self._logs.of_role(function.role_arn, function.log_group, stream)
        launch = Launch(
            folder=str(self.functions.code_folder(function)),
            handler=function.handler,
            environment=self._environment(function, stream),
            memory_mb=function.memory_mb,
            log=write,
        )
        worker = Worker(launch)
        with self._lock:
            self._alive.add(worker)
        return worker, write

    def _give_back(self, function: Function, worker: Worker, write: Write) -> None:
        with self._lock:
            self._idle[function].append((worker, write))

    def _discard(self, worker: Worker) -> None:
        with self._lock:
            self._alive.discard(worker)
        worker.close()

    def _environment(self, function: Function, stream: str) -> dict[str, str]:
        """What Lambda sets (developer guide, "Defined runtime environment variables")."""
        caller = self._callers.of_role(function.role_arn)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return {
            "AWS_ACCESS_KEY_ID": caller.access_key,
            "AWS_SECRET_ACCESS_KEY": caller.secret_key,
            "AWS_REGION": self._region,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": str(self.functions.code_folder(function)),
            "LANG": "en_US.UTF-8",
            "PATH": os.environ.get("PATH", ""),
            "TZ": ":UTC",
            "_HANDLER": function.handler,
            # There is no X-Ray daemon on a laptop for the tracer to send to.
            "POWERTOOLS_TRACE_DISABLED": "true",
            **dict(function.environment),
        }


def _report(
    function: Function, write: Write, request_id: str, began: float, memory_kb: int
) -> None:
    took = (time.monotonic() - began) * 1000
    write(f"END RequestId: {request_id}")
    write(
        f"REPORT RequestId: {request_id}\tDuration: {took:.2f} ms\t"
        f"Billed Duration: {int(took) + 1} ms\tMemory Size: {function.memory_mb} MB\t"
        f"Max Memory Used: {memory_kb // 1024} MB"
    )


def _ended(function: Function, request_id: str, error: Exception) -> Answer:
    if isinstance(error, WorkerTimeout):
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = f"{moment} {request_id} Task timed out after {function.timeout:.2f} seconds"
        return Answer.failed("Sandbox.Timedout", text)
    if isinstance(error, OutOfMemory):
        text = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
        return Answer.failed("Runtime.OutOfMemory", text)
    reason = error.reason if isinstance(error, WorkerDied) else "unknown"
    text = f"RequestId: {request_id} Error: Runtime exited with error: {reason}"
    return Answer.failed("Runtime.ExitError", text)
