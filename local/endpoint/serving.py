"""The endpoint as the work of a process, until somebody ends it."""

from __future__ import annotations

import gc
import signal
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from local.endpoint.server import Server, follow_parent
from local.errors import LocalError
from local.exports import exports
from local.kept.folder import Folder, damaged

if TYPE_CHECKING:
    from pathlib import Path


def serve(
    port: int,
    *,
    with_parent: bool = False,
    quiet: bool = False,
    data: Path | None = None,
    fsync: bool = False,
) -> int:
    """Serve until Ctrl-C or a termination signal; the exit code.

    Prints `listening on <url>` first, and unless `quiet` the lines to export. `with_parent` ends
    it when standard input ends, too. `data` is the folder that its world is kept in, None for a
    world that ends with it; `fsync` has each change on the disk before it is acknowledged.
    """
    try:
        folder = None if data is None else Folder(data, fsync=fsync)
        server = _server(port, folder)
    except LocalError as error:
        sys.stderr.write(f"tally: {error}\n")
        return error.exit_code

    def stop(*_: Any) -> None:
        server.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if with_parent:
        follow_parent(server)
    if folder is not None:
        folder.say(server.url)
    lines = [f"listening on {server.url}", *(() if quiet else exports(server.url))]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    server.run()
    server.close()
    gc.freeze()  # the process ends: nobody need look for garbage in what it leaves
    return 0


def _server(port: int, folder: Folder | None) -> Server:
    try:
        return Server(port, folder)
    except BaseException as error:
        if folder is not None:
            folder.close()
            if isinstance(error, sqlite3.DatabaseError):
                raise damaged(folder.path, error) from error
        raise
