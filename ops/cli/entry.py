"""The door of `tally`: Ctrl-C ends it from the first moment, also while modules are imported."""

from __future__ import annotations

import signal
from importlib import import_module


def main() -> None:
    """Run the command line.

    Until the command itself begins, SIGINT ends the process as the system does: a KeyboardInterrupt
    within an import prints a traceback, or is lost. Where it was ignored before, as in a shell's
    background job, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    import_module("ops.cli.main").main()
