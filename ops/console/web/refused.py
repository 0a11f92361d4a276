"""The error of a request that is refused before any page sees it."""

from __future__ import annotations


class RefusedError(Exception):
    """A request that is not answered, with the status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
