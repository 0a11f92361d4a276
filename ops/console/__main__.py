"""`python -m ops.console PORT PROJECT ENVIRONMENT`: waits for the deployment, then serves it.

Ends when its standard input does; see ops/console/companion.py.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Final

from ops.console.server import serve
from ops.pipeline.deployment import Deployment, find
from ops.pipeline.errors import OpsError

PAUSE_SECONDS: Final = 2.0


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _deployed(project: str, environment: str) -> Deployment:
    """The deployment, as soon as there is one."""
    while True:
        try:
            return find(project, environment)
        except OpsError:  # nothing yet, or the endpoint has its hands full with deploying
            time.sleep(PAUSE_SECONDS)


def main(port: str, project: str, environment: str) -> None:
    """Serve the console at the port, or at any other one where that is taken."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    deployment = _deployed(project, environment)
    try:
        serve(deployment, int(port))
    except OpsError as taken:
        print(f"tally console: {taken}; another one is used", file=sys.stderr, flush=True)
        serve(deployment, 0)


main(*sys.argv[1:])
