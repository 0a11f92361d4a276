"""Serving the console, on loopback only."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from ops.console.app import console
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.pipeline.deployment import Deployment

HOST: Final = "127.0.0.1"
PORT: Final = 4570
REQUESTS: Final = 64
"""Requests at the same time; more are told to come again (503)."""


def _server(deployment: Deployment, port: int) -> tuple[uvicorn.Server, socket.socket]:
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
    app = console(deployment)
    threading.Thread(target=app.state.console.sight.warm, name="warm", daemon=True).start()
    config = uvicorn.Config(
        app,
        http="h11",  # which bounds a request's headers, as httptools does not
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=REQUESTS,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config), bound


def serve(deployment: Deployment, port: int = PORT) -> None:
    """Serve until Ctrl-C, after printing the address.

    Raises:
        OpsError: the port is taken.
    """
    server, bound = _server(deployment, port)
    address = f"http://{HOST}:{bound.getsockname()[1]}"
    try:
        print(f"{deployment.name} at {address} (Ctrl-C ends it)", flush=True)
        server.run([bound])
    except KeyboardInterrupt:  # from the moment that somebody could have read that
        pass
    finally:
        bound.close()


@contextmanager
def serving(deployment: Deployment, port: int = 0) -> Iterator[str]:
    """Serve from a thread while the block runs; yields the address."""
    server, bound = _server(deployment, port)
    thread = threading.Thread(target=server.run, args=([bound],), name="console", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        bound.close()
