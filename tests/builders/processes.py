"""The `tally` command as a process of its own."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

TALLY = Path(sys.executable).parent / "tally"


@contextmanager
def started(*words, **settings):
    with subprocess.Popen(
        [TALLY, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | settings,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def pointed_at(url):
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
