"""One worker process and what the pool does with it: call, time, watch its memory, end it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from local.lambda_runtime.forks import Forks

WORKER = Path(__file__).with_name("worker.py")
LENGTHS = struct.Struct(">II")
WATCH_SECONDS = 0.05
"""How often a running call's memory and output are looked at."""
PIPE_BYTES = 1024 * 1024
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
LAYERS = os.pathsep.join({sysconfig.get_path("purelib"): None, sysconfig.get_path("platlib"): None})
"""Where the layer's packages are: those of this environment, of the same lock file."""

Message = tuple[dict[str, Any], bytes]


class WorkerDied(Exception):  # noqa: N818 - what happened, not a fault of the caller
    """The process ended instead of answering; `reason` is its exit status, None for 0."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class WorkerTimeout(Exception):  # noqa: N818 - as above
    """The call took longer than the function may."""


class OutOfMemory(Exception):  # noqa: N818 - as above
    """The process held more than the function may."""


@dataclass(frozen=True)
class Launch:
    """How to start a worker: its code's folder, handler, environment and memory limit.

    `lifeline` is the reading end of a pipe whose other end only the runtime holds.
    """

    folder: str
    handler: str
    environment: Mapping[str, str]
    memory_mb: int
    lifeline: int


class Worker:
    """A started worker, and how its log is written. Not for two threads at once."""

    def __init__(
        self, launch: Launch, write: Callable[[Sequence[str]], None], forks: Forks
    ) -> None:
        self.write = write
        self._limit_bytes = launch.memory_mb * 1024 * 1024
        requests_read, self._requests = os.pipe()
        self._answers, answers_write = os.pipe()
        self._output, output_write = os.pipe()
        self._partial = b""
        self._closed = False
        self._answered, self._printed = select.poll(), select.poll()
        self._answered.register(self._answers, select.POLLIN)
        self._printed.register(self._output, select.POLLIN)
        _widen(self._output)
        theirs = (requests_read, answers_write)
        given = (*theirs, output_write, launch.lifeline)
        forked = forks.fork(launch.folder, launch.handler, launch.environment, given)
        self._process = forked or _started(launch, theirs, output_write)
        for descriptor in (*theirs, output_write):
            os.close(descriptor)

    def loaded(self, seconds: float) -> dict[str, Any]:
        """Wait until the handler is loaded; the head of what the worker says then.

        Raises:
            WorkerDied, WorkerTimeout, OutOfMemory: the worker is of no more use then.
        """
        return self._message(time.monotonic() + seconds)[0]

    def call(self, request: dict[str, Any], event: bytes, seconds: float) -> Message:
        """Give the worker an event and wait for its answer, at most so many seconds.

        Raises:
            WorkerDied, WorkerTimeout, OutOfMemory: as above.
        """
        until = time.monotonic() + seconds
        head = json.dumps(request).encode()
        self._write(LENGTHS.pack(len(head), len(event)) + head + event)
        answer, body = self._message(until)
        if answer["max_memory_kb"] * 1024 > self._limit_bytes:
            raise OutOfMemory
        return answer, body

    def output(self) -> list[str]:
        """The lines that were printed since the last time."""
        self._drain()
        *lines, self._partial = self._partial.split(b"\n")
        return [line.decode(errors="replace") for line in lines if line.strip()]

    def kill(self) -> None:
        """End the process. Any thread may do this; its caller's is told by the answer's end."""
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> list[str]:
        """End the process and let go of what belongs to it; what it still had to say."""
        if self._closed:
            return []
        self._closed = True
        self.kill()
        lines = self.output()
        for descriptor in (self._requests, self._answers, self._output):
            os.close(descriptor)
        rest = self._partial.decode(errors="replace")
        return [*lines, rest] if rest.strip() else lines

    def _message(self, until: float) -> Message:
        head, body = LENGTHS.unpack(self._read(LENGTHS.size, until))
        return dict(json.loads(self._read(head, until))), self._read(body, until)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._requests, view) :]
        except BrokenPipeError:
            raise self._died() from None

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
            if self._answered.poll(1000 * min(left, WATCH_SECONDS)):
                return
            self._drain()
            if self._resident_bytes() > self._limit_bytes:
                raise OutOfMemory

    def _drain(self) -> None:
        """Take what was printed, so that the worker never waits for room to print."""
        while self._printed.poll(0):
            piece = os.read(self._output, PIPE_BYTES)
            if not piece:
                return
            self._partial += piece

    def _resident_bytes(self) -> int:
        try:
            text = Path(f"/proc/{self._process.pid}/statm").read_text()
        except OSError:
            return 0
        return int(text.split()[1]) * PAGE_BYTES

    def _died(self) -> WorkerDied:
        status = self._process.wait()
        if status == 0:
            return WorkerDied(None)
        if status == -signal.SIGKILL:
            return WorkerDied("signal: killed")
        return WorkerDied(f"signal: {-status}" if status < 0 else f"exit status {status}")


def _started(launch: Launch, theirs: tuple[int, int], output: int) -> subprocess.Popen[bytes]:
    """A worker in an interpreter of its own."""
    # No site packages by the usual way: editable installs would let a handler import what the
    # asset lacks.
    words = (sys.executable, "-S", "-P", str(WORKER), launch.folder, launch.handler, LAYERS)
    return subprocess.Popen(
        [*words, *map(str, theirs), str(launch.lifeline)],
        cwd=launch.folder,
        env=dict(launch.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=(*theirs, launch.lifeline),
        start_new_session=True,
    )


def _widen(pipe: int) -> None:
    """Give a pipe more room, where the system can."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
