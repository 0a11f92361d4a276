"""What Ctrl-C does while a command runs: its `finally`s run, and nothing is printed."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType


def let_commands_clean_up() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt, once; a second one ends the process at once.

    It does nothing where nobody said before that Ctrl-C ends the process (`ops/cli/entry.py`).
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        sys.unraisablehook = _end_if_lost
        signal.signal(signal.SIGINT, _raise)


def end_at_once() -> None:
    """From now on Ctrl-C ends the process: the command has cleaned up."""
    if signal.getsignal(signal.SIGINT) is _raise:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _raise(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt


def _end_if_lost(unraisable: sys.UnraisableHookArgs) -> None:
    """Python loses an exception in a callback of an import or of the garbage collector."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    sys.__unraisablehook__(unraisable)
