"""What the functions of process_file need of the world around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Content(Protocol):
    """One object version's content.

    `content_type` and `metadata` (names in lower case) are known once some of it was read,
    `checksum` once all of it was asked for.
    """

    size: int
    content_type: str | None
    metadata: Mapping[str, str]
    checksum: str | None

    def blocks(self) -> Iterator[bytes]:
        """All bytes, in blocks."""

    def read(self, start: int, length: int) -> bytes:
        """Some of the bytes."""

    def part(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in blocks."""
