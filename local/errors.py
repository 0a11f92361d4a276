"""What can go wrong on this machine and is the user's to mend: one line, no traceback."""

from __future__ import annotations


class LocalError(Exception):
    """A failure with a message of one line; `exit_code` is what the command ends with.

    1 means that the work could not be done, 2 that it was asked for wrongly.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
