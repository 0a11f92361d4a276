"""The errors of the API, by the names of its service model."""

from __future__ import annotations


class ApiError(Exception):
    """A request that is refused; `code` is the error's name, as the SDKs raise it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
