"""The endpoint as a process of its own, for as long as the main job needs it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Iterator

READY = "listening on "
STOP_SECONDS = 20


@contextmanager
def endpoint(port: int = 0) -> Iterator[str]:
    """Serve AWS on loopback while the block runs; yields the endpoint's URL.

    Raises:
        LocalError: it did not start; the message is the endpoint's own line.
    """
    command = (sys.executable, "-m", "local.endpoint", "--port", str(port), "--exit-with-parent")
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is the main job's; this process ends with it
    ) as process:
        try:
            yield _url(process)
        finally:
            process.terminate()
            _reap(process)


def _url(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith(READY):
        raise LocalError(line.strip() or "the local endpoint did not start")
    return line.removeprefix(READY).strip()


def _reap(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
