"""`python -m tests.builders.stuck_console`: a console over an AWS that never answers."""

import sys
import time
from dataclasses import replace

from ops.console.server import serve
from ops.pipeline.deployment import Clients
from tests.builders.recorded_deployment import recorded

FOR_EVER = 3600


class Stuck:
    """A client whose requests say that they were made, and wait."""

    def __getattr__(self, name):
        def wait(**_):
            if name == "list_executions":
                sys.stdout.write("waiting\n")
                sys.stdout.flush()
            time.sleep(FOR_EVER)

        return wait


if __name__ == "__main__":
    serve(replace(recorded([]), clients=Clients(lambda _: Stuck())), 0)
