"""Serving the console, on loopback only."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

import uvicorn

from ops.console.app import console
from ops.console.connections import BoundedConnection
from ops.console.web.access import address_of
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from ops.pipeline.deployment import Deployment

HOST: Final = "127.0.0.1"
PORT: Final = 4570
REQUESTS: Final = 64
"""Requests at the same time; more are told to come again (503)."""
SHUTDOWN_SECONDS: Final = 1
"""How long answers that are on their way have after Ctrl-C."""
LONGEST_SHUTDOWN_SECONDS: Final = 3
"""When the process ends in any case: a request to AWS may take minutes, and a thread that waits for
one cannot be interrupted (botocore, "read_timeout" and its retries)."""


class _Server(uvicorn.Server):
    """Ends at the first SIGINT or SIGTERM, whatever its threads wait for."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Shut down. What is then cancelled is no error that anybody should read of."""
        super().handle_exit(sig, frame)
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        signal.setitimer(signal.ITIMER_REAL, LONGEST_SHUTDOWN_SECONDS)


@dataclass(frozen=True)
class _Prepared:
    """A server that does not run yet, its socket, and the address that opens it."""

    server: _Server
    bound: socket.socket
    address: str

    def run(self) -> None:
        self.server.run([self.bound])


def _prepared(deployment: Deployment, port: int) -> _Prepared:
    bound, secret = _listen(port), secrets.token_urlsafe(32)
    app = console(deployment, secret)
    threading.Thread(target=app.state.console.executions.warm, name="warm", daemon=True).start()
    config = uvicorn.Config(
        app,
        http=BoundedConnection,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=REQUESTS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    origin = f"http://{HOST}:{bound.getsockname()[1]}"
    return _Prepared(_Server(config), bound, address_of(origin, secret))


def _listen(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # An answer's head and body are two writes: the second must not wait for an acknowledgement.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind((HOST, port))
        bound.listen()
    except OSError as error:
        bound.close()
        raise OpsError(f"port {port} cannot be had: {error.strerror}", BAD_USAGE) from error
    return bound


def serve(deployment: Deployment, port: int = PORT) -> NoReturn:
    """Print the address and serve; at SIGINT or SIGTERM the process ends with code 0.

    The handlers stand before the address is printed. uvicorn sets its own only once it runs, and
    until then SIGINT was lost where it is ignored at the start, as in any command that a script or
    `make` has put into the background (POSIX, Shell Command Language, 2.11): Python sets no handler
    then. The process ends without waiting for its threads.

    Raises:
        OpsError: the port is taken.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _end_process)
    prepared = _prepared(deployment, port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, prepared.server.handle_exit)
    print(f"{deployment.name} at {prepared.address} (Ctrl-C ends it)", flush=True)
    prepared.run()
    _end_process()


def _end_process(*_: object) -> NoReturn:
    os._exit(0)


@contextmanager
def serving(deployment: Deployment, port: int = 0) -> Iterator[str]:
    """Serve from a thread while the block runs; yields the address, secret included."""
    prepared = _prepared(deployment, port)
    thread = threading.Thread(target=prepared.run, name="console", daemon=True)
    thread.start()
    try:
        yield prepared.address
    finally:
        prepared.server.should_exit = True
        thread.join(5)
        prepared.bound.close()
