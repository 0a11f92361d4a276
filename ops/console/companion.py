"""The console that `tally local up` brings along: a process that waits for a deployment."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP_SECONDS: Final = 5


@contextmanager
def running_console(port: int, project: str, environment: str) -> Iterator[None]:
    """Run the console at `port + 1`, for what is deployed at `port`, while the block runs.

    It is in a session of its own, so that Ctrl-C ends the endpoint first; it ends with this
    process in any case, as its standard input does.
    """
    at = f"http://127.0.0.1:{port}"
    settings = {
        "AWS_ENDPOINT_URL": at,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = (sys.executable, "-m", "ops.console", str(port + 1), project, environment)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, env=os.environ | settings, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
