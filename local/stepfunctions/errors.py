"""The errors of the API, by the names of its service model."""

from __future__ import annotations


class ApiError(Exception):
    """A request that is refused; `code` is the error's name, as the SDKs raise it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class StoppedError(RuntimeError):
    """A request came after the service was stopped, or was cut off by that."""

    def __init__(self) -> None:
        super().__init__("Step Functions was stopped on this machine")
