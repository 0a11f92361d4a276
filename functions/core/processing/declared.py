"""What a sender declares of a file, by the object's metadata, held against what arrived.

`records`, `bytes` and `sha256` (on the wire `x-amz-meta-records` ...; S3 user guide, "Working with
object metadata"). Each is compared where it is declared.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.deliveries.checksums import sha256_in_hex, sha256_of_checksum
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from functions.core.counting.deadline import Deadline
    from functions.core.processing.ports import Content

RECORDS: Final = "records"
BYTES: Final = "bytes"
SHA256: Final = "sha256"

NUMBER: Final = re.compile(r"\d{1,18}")

SENDER: Final = "the sender declared"
AGAIN: Final = "send the file again, or mend what was declared"
UNREAD: Final = "{} is declared in a form that is not known, and was not compared"
TOO_LARGE_TO_HASH: Final = "the declared sha256 was not compared: the file was read in ranges"


@dataclass(frozen=True)
class Declared:
    """What a sender declares, if anything. `warnings` name what could not be read."""

    records: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any] | None:
        """As a record has it; None where nothing is declared."""
        fields = {RECORDS: self.records, BYTES: self.bytes, SHA256: self.sha256}
        given = {name: value for name, value in fields.items() if value is not None}
        return given or None


def declared_of(metadata: Mapping[str, str]) -> Declared:
    """What an object's metadata declare."""
    records, size = _number(metadata.get(RECORDS, "")), _number(metadata.get(BYTES, ""))
    sha256 = sha256_in_hex(metadata.get(SHA256, ""))
    read = ((RECORDS, records), (BYTES, size), (SHA256, sha256))
    unread = (name for name, value in read if name in metadata and value is None)
    return Declared(records, size, sha256, tuple(map(UNREAD.format, unread)))


def check(
    declared: Declared,
    records: int,
    size: int,
    sha256: Callable[[], str | None],
    said_by: str = SENDER,
) -> tuple[str, ...]:
    """Hold what was declared against what arrived; warnings of what could not be compared.

    `sha256` gives the content's in hex, or None where it cannot be had; it is asked only where one
    is declared. `said_by` begins the message of what differs.

    Raises:
        InvalidFile: COUNT_MISMATCH, CHECKSUM_MISMATCH.
    """
    for name, said, found in (
        (RECORDS, declared.records, records),
        (BYTES, declared.bytes, size),
    ):
        if said is not None and said != found:
            message = f"{said_by} {said:,} {name}, and {found:,} arrived: {AGAIN}"
            raise InvalidFile(RejectionCode.COUNT_MISMATCH, message)
    if declared.sha256 is None:
        return declared.warnings
    found_hash = sha256()
    if found_hash is None:
        return (*declared.warnings, TOO_LARGE_TO_HASH)
    if found_hash != declared.sha256:
        message = f"{said_by} another SHA-256 than the content's {found_hash}: {AGAIN}"
        raise InvalidFile(RejectionCode.CHECKSUM_MISMATCH, message)
    return declared.warnings


def sha256_of_s3(content: Content) -> str | None:
    """The SHA-256 that S3 itself keeps of the whole object, in hex; None if it keeps none."""
    return sha256_of_checksum(content.checksum)


class HashedContent:
    """A content that is hashed as it is read, where a SHA-256 is declared and S3 has none.

    `wanted` says that one is declared elsewhere than in the metadata.
    """

    def __init__(self, content: Content, deadline: Deadline, *, wanted: bool = False) -> None:
        self.size = content.size
        self._wanted = wanted
        self._content = content
        self._deadline = deadline
        self._sha256: str | None = None

    def blocks(self) -> Iterator[bytes]:
        """All bytes, in blocks."""
        digest = hashlib.sha256()
        for block in self._content.blocks():
            if self._is_to_be_hashed():
                digest.update(block)
            yield block
        self._sha256 = digest.hexdigest() if self._is_to_be_hashed() else None

    def read(self, start: int, length: int) -> bytes:
        """Some of the bytes."""
        return self._content.read(start, length)

    def sha256(self) -> str | None:
        """The content's, in hex. What was not read to its end is read once more.

        Raises:
            InvalidFile: TOO_SLOW.
        """
        if self._sha256 is None and self._is_to_be_hashed():
            done = 0
            for block in self.blocks():
                done += len(block)
                self._deadline.check(done, self.size)
        return self._sha256 or sha256_of_s3(self._content)

    def _is_to_be_hashed(self) -> bool:
        wanted = self._wanted or SHA256 in self._content.metadata
        return wanted and sha256_of_s3(self._content) is None


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text.strip()) else None
