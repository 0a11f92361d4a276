"""Workers forked from one process that has imported what they need: see fork_server.py."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from local.lambda_runtime.fork_server import LONGEST_REQUEST, PRELOADED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SERVER: Final = Path(__file__).with_name("fork_server.py")
BASE: Final = ("LANG", "PATH", "PYTHONUTF8", "TZ")
"""Of a function's environment, what an interpreter heeds when it starts, and all have alike."""
HEEDED: Final = ("PYTHON", "AWS_DATA_PATH")
"""What other variables begin with by which an interpreter or boto3 would begin otherwise."""
ADDED: Final = "PYTHONPATH"
"""A fork begins its path with it, too."""
POLL_SECONDS: Final = 0.005
SUPPORTED: Final = sys.platform == "linux"
"""macOS's own libraries may not be used in a fork that executes nothing."""


class Forked:
    """A process that the fork server forked; as subprocess.Popen has it."""

    def __init__(self, forks: Forks, pid: int) -> None:
        self.pid = pid
        self._forks = forks
        self._status: int | None = None
        self._waiting = threading.Lock()

    def wait(self) -> int:
        """Its exit status, once it ended; a signal as its negative number.

        Any thread may wait: the system tells the status once, so one thread at a time asks for it.
        """
        with self._waiting:
            while self._status is None:
                self._status = self._forks.status_of(self.pid)
                if self._status is None:
                    time.sleep(POLL_SECONDS)
            return self._status


class Forks:
    """The fork server of a runtime, started with the first worker that can be forked."""

    def __init__(self, layers: str) -> None:
        self._layers = layers
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def fork(
        self,
        folder: str,
        handler: str,
        environment: Mapping[str, str],
        descriptors: Sequence[int],
    ) -> Forked | None:
        """A new worker; None where only an interpreter of its own will do.

        `descriptors`: requests, answers, output and lifeline.
        """
        if not SUPPORTED or not _fits(Path(folder), environment):
            return None
        launch = {"folder": folder, "handler": handler, "environment": dict(environment)}
        with self._lock:
            try:
                pid = self._asked({"fork": launch}, environment, descriptors)
            except (OSError, ValueError):  # it is gone: the next worker gets a new one
                self._close()
                return None
        return Forked(self, pid)

    def status_of(self, pid: int) -> int | None:
        """How a worker ended; None if it runs. Of a server that is gone: killed."""
        with self._lock:
            try:
                status = self._asked({"wait": pid}, {})
            except (OSError, ValueError):
                return -9
        return status if status is None else int(status)

    def close(self) -> None:
        """End the fork server; its workers have ended by now."""
        with self._lock:
            self._close()

    def _asked(
        self, request: dict[str, Any], environment: Mapping[str, str], given: Sequence[int] = ()
    ) -> Any:
        if self._socket is None:
            if "wait" in request:
                raise ConnectionResetError
            self._socket = self._start({name: environment[name] for name in BASE})
        socket.send_fds(self._socket, [json.dumps(request).encode()], given)
        return json.loads(self._socket.recv(LONGEST_REQUEST))

    def _start(self, environment: Mapping[str, str]) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-P", str(SERVER), self._layers, str(theirs.fileno())],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        return ours

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _fits(folder: Path, environment: Mapping[str, str]) -> bool:
    """Whether a function would find nothing else imported than in an interpreter of its own."""
    added = filter(None, environment.get(ADDED, "").split(os.pathsep))
    places = (folder, *map(Path, added))
    packages = {name.partition(".")[0] for name in PRELOADED}
    own = (place / each for place in places for name in packages for each in (name, f"{name}.py"))
    known = {*BASE, ADDED}
    heeded = any(each.startswith(HEEDED) and each not in known for each in environment)
    if heeded or not all(name in environment for name in BASE):
        return False
    return not any(path.exists() for path in own)
