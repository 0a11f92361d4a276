"""One worker process and what the pool does with it: call, time, watch its memory, end it."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORKER = Path(__file__).with_name("worker.py")
LENGTH = struct.Struct(">I")
WATCH_SECONDS = 0.25
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class WorkerDied(Exception):  # noqa: N818 - what happened, not a fault of the caller
    """The process ended instead of answering; `reason` is its exit status in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WorkerTimeout(Exception):  # noqa: N818 - as above
    """The call took longer than the function may."""


class OutOfMemory(Exception):  # noqa: N818 - as above
    """The process held more than the function may."""


@dataclass(frozen=True)
class Launch:
    """How to start a worker: its code's folder, handler, environment and limits."""

    folder: str
    handler: str
    environment: Mapping[str, str]
    memory_mb: int
    log: Callable[[str], None]


class Worker:
    """A started worker. Not for two threads at once."""

    def __init__(self, launch: Launch) -> None:
        requests_read, self._requests = os.pipe()
        self._answers, answers_write = os.pipe()
        self._limit_bytes = launch.memory_mb * 1024 * 1024
        descriptors = (requests_read, answers_write)
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                str(WORKER),
                launch.folder,
                launch.handler,
                *map(str, descriptors),
            ],
            env=dict(launch.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=descriptors,
            start_new_session=True,
        )
        for descriptor in descriptors:
            os.close(descriptor)
        self._logs = threading.Thread(target=self._read_logs, args=(launch.log,), daemon=True)
        self._logs.start()

    def call(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Give the worker a request and wait for its answer, at most so many seconds.

        Raises:
            WorkerDied, WorkerTimeout, OutOfMemory: the worker is of no more use then.
        """
        body = json.dumps(request).encode()
        until = time.monotonic() + timeout
        try:
            self._write(LENGTH.pack(len(body)) + body)
        except BrokenPipeError:
            raise self._died() from None
        head = self._read(LENGTH.size, until)
        return dict(json.loads(self._read(LENGTH.unpack(head)[0], until)))

    def close(self) -> None:
        """End the process and let go of what belongs to it."""
        self._process.kill()
        self._process.wait()
        self._logs.join(timeout=1)
        for descriptor in (self._requests, self._answers):
            os.close(descriptor)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._requests, view) :]

    def _read(self, size: int, until: float) -> bytes:
        got = bytearray()
        while len(got) < size:
            self._await_bytes(until)
            piece = os.read(self._answers, size - len(got))
            if not piece:
                raise self._died()
            got += piece
        return bytes(got)

    def _await_bytes(self, until: float) -> None:
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise WorkerTimeout
            ready, _, _ = select.select([self._answers], [], [], min(left, WATCH_SECONDS))
            if ready:
                return
            if self._resident_bytes() > self._limit_bytes:
                raise OutOfMemory

    def _resident_bytes(self) -> int:
        try:
            text = Path(f"/proc/{self._process.pid}/statm").read_text()
        except OSError:
            return 0
        return int(text.split()[1]) * PAGE_BYTES

    def _died(self) -> WorkerDied:
        status = self._process.wait()
        if status == -signal.SIGKILL:
            return WorkerDied("signal: killed")
        return WorkerDied(f"signal: {-status}" if status < 0 else f"exit status {status}")

    def _read_logs(self, log: Callable[[str], None]) -> None:
        stream = self._process.stdout
        if stream is not None:
            for line in stream:
                log(line.decode(errors="replace").rstrip("\n"))
