"""The runtime of a folder, seen from outside: start it without a terminal, end it, look at it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from local.errors import LocalError
from local.kept.folder import DATABASE, FORMAT_FILE, OBJECTS, owner_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOG: Final = "log"
START_SECONDS: Final = 120
END_SECONDS: Final = 30
LOOK_SECONDS: Final = 0.1
KIBI: Final = 1024


def detach(data: Path, command: Sequence[str]) -> int:
    """Run a command without its `--detach` and without this terminal, until it listens; 0.

    Raises:
        LocalError: it ended before; the message is its own.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = [word for word in command if word != "--detach"]
    with (data / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        owner = owner_of(data)
        if owner is not None and owner.pid == process.pid and owner.url:
            print(f"listening on {owner.url} as process {owner.pid}; its output is in {data / LOG}")
            return 0
        if process.poll() is not None:
            said = (data / LOG).read_text(errors="replace").strip()
            raise LocalError(said.rpartition("\n")[2].removeprefix("tally: "))
        time.sleep(LOOK_SECONDS)
    raise LocalError(f"it does not listen after {START_SECONDS} s: see {data / LOG}")


def end(data: Path) -> int:
    """End the process that owns the folder, and wait until it did; 0.

    Raises:
        LocalError: it did not.
    """
    owner = owner_of(data)
    if owner is None:
        print(f"no runtime owns {data}")
        return 0
    if owner.pid:
        os.kill(owner.pid, signal.SIGTERM)
    until = time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        if owner_of(data) is None:
            print(f"process {owner.pid} ended")
            return 0
        time.sleep(LOOK_SECONDS)
    raise LocalError(f"process {owner.pid} did not end within {END_SECONDS} s")


@dataclass(frozen=True)
class Sizes:
    """What lies in a folder; sizes in bytes."""

    folder: str
    format: str | None
    process: int | None
    url: str | None
    objects: int
    object_bytes: int
    database_bytes: int
    executions: int
    running: int
    messages: int
    owed_deliveries: int


def sizes(data: Path) -> Sizes:
    """What lies in a folder now.

    Raises:
        LocalError: nothing was ever kept there.
    """
    if not (data / DATABASE).exists():
        raise LocalError(f"nothing is kept in {data}: `tally local up` begins it")
    owner = owner_of(data)
    contents = [each.stat().st_size for each in (data / OBJECTS).rglob("*") if each.is_file()]
    counts = _counts(data)
    return Sizes(
        folder=str(data),
        format=(data / FORMAT_FILE).read_text().strip(),
        process=owner.pid if owner else None,
        url=owner.url if owner else None,
        objects=counts["objects"],
        object_bytes=sum(contents) + counts["bytes in rows"],
        database_bytes=sum(each.stat().st_size for each in data.glob(f"{DATABASE}*")),
        executions=counts["executions"],
        running=counts["running"],
        messages=counts["messages"],
        owed_deliveries=counts["deliveries"],
    )


def show(data: Path, *, as_json: bool) -> None:
    """Print what lies in a folder."""
    found = sizes(data)
    if as_json:
        print(json.dumps(asdict(found), indent=2))
        return
    runs = f"process {found.process} at {found.url}" if found.process else "nothing runs"
    print(f"{found.folder}: {runs}")
    print(f"  {found.objects:,} object versions, {_size(found.object_bytes)}")
    print(f"  {found.executions:,} executions, {found.running:,} of them running")
    print(f"  {found.messages:,} messages, {found.owed_deliveries:,} deliveries owed")
    print(f"  {_size(found.database_bytes)} of database, format {found.format}")


def _counts(data: Path) -> dict[str, int]:
    tables = {
        "objects": "objects",
        "executions": "executions",
        "running": "executions WHERE status = 'RUNNING'",
        "messages": "messages",
        "deliveries": "deliveries",
    }
    connection = sqlite3.connect(data / DATABASE)
    try:
        found = {
            name: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours
            for name, table in tables.items()
        }
        return found | {"bytes in rows": _bytes_in_rows(connection)}
    finally:
        connection.close()


def _bytes_in_rows(connection: sqlite3.Connection) -> int:
    """Of small contents, for which an older folder that was not opened since has no table."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'contents'").fetchone():
        return 0
    query = "SELECT coalesce(sum(length(body)), 0) FROM contents"
    return int(connection.execute(query).fetchone()[0])


def _size(number: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if number < KIBI:
            return f"{number:,.0f} {unit}"
        number /= KIBI
    return f"{number:,.1f} GiB"
