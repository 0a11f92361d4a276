"""A small HTTP/1.1 server: a thread for each connection, and connections stay open.

Every service here is called thousands of times a run by the same few clients, so the server's own
time counts: 40 microseconds of the processor a request, where one of werkzeug's development server
takes 250 (docs/decisions/http-server.md).
"""

from __future__ import annotations

import errno
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING

from local.errors import LocalError
from local.http.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Answer, Environ

log = logging.getLogger(__name__)

HOST = "127.0.0.1"


class HttpServer:
    """Listens on loopback from the start, so that a port in use is known before all else.

    Raises:
        LocalError: the port is in use, or cannot be used.
    """

    def __init__(self, port: int) -> None:
        self._stopped = False
        self._listener = _listen(port)
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"

    def run(self, answer: Callable[[Environ], Answer]) -> None:
        """Serve until `stop`; `answer` gives the response to a WSGI environment."""
        while not self._stopped:
            try:
                client, _ = self._listener.accept()
            except OSError as error:
                if not self._stopped:
                    log.warning("a connection could not be accepted: %s", error)
                    time.sleep(0.1)
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(client, answer)
            threading.Thread(target=connection.serve, daemon=True).start()
        self._listener.close()

    def stop(self) -> None:
        """Take no more connections; for any thread and for signal handlers, more than once too."""
        if self._stopped:
            return
        self._stopped = True
        # On Linux this wakes the thread in `accept`; elsewhere a connection of our own does.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            socket.create_connection(self._listener.getsockname(), timeout=1).close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        reason = "is in use" if taken else f"cannot be used: {error}"
        raise LocalError(f"port {port} {reason}") from error
    listener.listen(1024)
    return listener
