"""`python -m local.endpoint`: serve, for the processes that start an endpoint of their own."""

import gc

gc.disable()  # nothing that is imported is garbage; `serve` enables it

import argparse  # noqa: E402 - after the line above
import sys  # noqa: E402 - as above
from pathlib import Path  # noqa: E402 - as above

from local.endpoint.serving import serve  # noqa: E402 - as above

parser = argparse.ArgumentParser(prog="local.endpoint")
parser.add_argument("--port", type=int, default=4566)
parser.add_argument("--exit-with-parent", action="store_true")
parser.add_argument("--data", type=Path)
given = parser.parse_args()
sys.exit(serve(given.port, with_parent=given.exit_with_parent, quiet=True, data=given.data))
