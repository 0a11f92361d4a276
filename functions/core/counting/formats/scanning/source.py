"""What every reader reads from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Source(Protocol):
    """A file's content, decompressed where it was compressed.

    `size` is known and `read` works only for content that is stored as it is.
    """

    size: int

    def blocks(self) -> Iterator[bytes]:
        """All of it, in blocks."""

    def read(self, start: int, length: int) -> bytes:
        """Some of it; fewer bytes at the end of the file."""


class TimedSource(Source, Protocol):
    """A source that knows how much time there is."""

    def check_time(self) -> None:
        """To be called by whatever works long on what it read.

        Raises:
            InvalidFile: TOO_SLOW.
        """


class Parts(Protocol):
    """A file whose content can be streamed from any place."""

    size: int

    def blocks(self) -> Iterator[bytes]:
        """All of it, in blocks."""

    def read(self, start: int, length: int) -> bytes:
        """Some of it; fewer bytes at the end of the file."""

    def part(self, start: int, end: int) -> Iterator[bytes]:
        """What lies from `start` up to `end`, in blocks."""
