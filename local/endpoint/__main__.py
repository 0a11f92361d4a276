"""`python -m local.endpoint`: serve, for the processes that start an endpoint of their own."""

import argparse
import sys
from pathlib import Path

from local.endpoint import serve

parser = argparse.ArgumentParser(prog="local.endpoint")
parser.add_argument("--port", type=int, default=4566)
parser.add_argument("--exit-with-parent", action="store_true")
parser.add_argument("--data", type=Path)
given = parser.parse_args()
sys.exit(serve(given.port, with_parent=given.exit_with_parent, quiet=True, data=given.data))
