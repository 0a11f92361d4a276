"""Manifests as the files of a delivery meet them: kept when one comes, asked by each that follows.

A manifest speaks of the files of its UTC day and of the day after; those that came before it are
compared by the report (docs/decisions/deliveries.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from functions.core import keys
from functions.core.counting.whole_file import Unwrapped
from functions.core.deliveries.listing import Listing, unpacked
from functions.core.deliveries.manifest import Listed, read_manifest
from functions.core.errors import InvalidFile, RejectionCode
from functions.core.processing import declared
from functions.core.processing.declared import Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from functions.core.contracts.contract import Contract, Contracts
    from functions.core.counting.counted import Counted
    from functions.core.counting.deadline import Deadline
    from functions.core.counting.detection import Detected
    from functions.core.processing.ports import Content
    from functions.core.uploads import Upload

UNPACKED_BYTES: Final = 64 << 20
A_DAY: Final = timedelta(days=1)


class Manifests(Protocol):
    """Where it lies what manifests list, and the records of files."""

    def contents(self, prefix: str) -> Iterator[bytes]:
        """What is stored under a prefix."""

    def records(self, date: str, raw_key: str) -> Iterator[Mapping[str, Any]]:
        """The records of a day's processed versions of a file."""

    def keep(self, objects: Iterable[tuple[str, bytes]]) -> None:
        """Store these, the last of them once the others are there."""


class NoManifests:
    """Where no contract has manifests: nothing is asked, nothing is kept."""

    def contents(self, prefix: str) -> Iterator[bytes]:
        """None."""
        del prefix
        return iter(())

    def records(self, date: str, raw_key: str) -> Iterator[Mapping[str, Any]]:
        """None."""
        del date, raw_key
        return iter(())

    def keep(self, objects: Iterable[tuple[str, bytes]]) -> None:
        """Nothing."""


NO_MANIFESTS: Final = NoManifests()


@dataclass(frozen=True)
class Announced:
    """A file that a manifest lists. `is_there` tells whether another version is as it says."""

    manifest: str
    listed: Listed
    is_there: Callable[[], bool]

    def check(self, records: int, size: int, sha256: Callable[[], str | None]) -> tuple[str, ...]:
        """Hold the file to it, unless it speaks of another version of the file.

        Raises:
            InvalidFile: COUNT_MISMATCH, CHECKSUM_MISMATCH.
        """
        said = Declared(self.listed.records, self.listed.bytes, self.listed.sha256)
        by = f"the manifest {self.manifest} lists"
        try:
            return declared.check(said, records, size, sha256, by)
        except InvalidFile:
            if self.is_there():
                return ()
            raise


def announced(upload: Upload, contracts: Contracts, manifests: Manifests) -> Announced | None:
    """What the newest manifest of the day says of a file, or else that of the day before."""
    contract = contracts.delivering(upload.key)
    if contract is None:
        return None
    before = (date.fromisoformat(upload.date) - A_DAY).isoformat()
    for day in (upload.date, before):
        found = _listed_on(day, upload, contract.prefix, manifests)
        if found is not None:
            key, listed = found
            days = {day, upload.date}
            return Announced(key, listed, partial(_is_there, listed, upload, days, manifests))
    return None


def _listed_on(
    day: str, upload: Upload, prefix: str, manifests: Manifests
) -> tuple[str, Listed] | None:
    """The newest manifest of a day that lists a file, by its key, and what it says."""
    listings = map(unpacked, manifests.contents(keys.share_prefix(day, prefix, upload.key)))
    found = [
        (listing.age, listing.key, each)
        for listing in listings
        for each in listing.files
        if each.key == upload.key
    ]
    return max(found, key=lambda each: each[0])[1:] if found else None


def _is_there(listed: Listed, upload: Upload, days: Iterable[str], manifests: Manifests) -> bool:
    """Whether another version of a file was processed that is what a manifest lists.

    Where a sender writes over the same keys again and again, the next version of a file may come
    before its own manifest.
    """
    return any(
        record["key"] == upload.key
        and record["version_id"] != upload.version_id
        and agrees(listed, record)
        for day in sorted(days)
        for record in manifests.records(day, upload.key)
    )


def agrees(listed: Listed, record: Mapping[str, Any]) -> bool:
    """Whether a processed file has the records and the bytes that are listed."""
    return listed.records in {None, record["records"]} and listed.bytes in {
        None,
        record["size_bytes"],
    }


def keep_manifest(
    upload: Upload,
    contract: Contract,
    *,
    detected: Detected,
    counted: Counted,
    content: Content,
    manifests: Manifests,
    deadline: Deadline,
) -> tuple[str, ...]:
    """Keep what a manifest lists, for the files that follow and for the report; its warnings.

    Raises:
        InvalidFile: it is none.
    """
    text = _text(detected, counted, content, deadline)
    found = read_manifest(
        text,
        counted.format,
        delimiter=counted.delimiter,
        key=upload.key,
        prefix=contract.prefix,
    )
    listing = Listing(
        contract.name,
        contract.prefix,
        upload.key,
        upload.version_id,
        upload.uploaded_at,
        found.files,
    )
    manifests.keep(listing.stored())
    return found.warnings


def _text(detected: Detected, counted: Counted, content: Content, deadline: Deadline) -> bytes:
    """All of a manifest, as UTF-8."""
    found = bytearray()
    for block in Unwrapped(content, detected, deadline).blocks():
        found += block
        if len(found) > UNPACKED_BYTES:
            message = f"the manifest has more than {UNPACKED_BYTES:,} bytes: send it in parts"
            raise InvalidFile(RejectionCode.TOO_LARGE, message)
    encoding = counted.encoding or "utf-8"
    return bytes(found) if encoding == "utf-8" else found.decode(encoding).encode()
