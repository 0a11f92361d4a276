"""Files with the same content: a fingerprint of each, and those that were there before.

Two files are the same if their ETags or their checksums are, with their sizes and their prefixes. A
checksum of 32 bits is none for this: of a million files of one size, a hundred would agree by
chance. Fingerprints are of 64 bits, so that a day's take a few megabytes; what is named is looked
at again.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from functions.core.reporting.record_files import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from functions.core.reporting.content_places import Piece, Repeat
    from functions.core.reporting.plan_report import Day

DAYS: Final = 7
"""So many days before are looked at."""
NAMED: Final = 100
BYTES: Final = 8
NONE: Final = bytes(BYTES)
STRONG: Final = ("CRC64NVME:", "SHA1:", "SHA256:", "SHA512:", "XXHASH64:", "XXHASH128:")
"""How checksums of 64 bits or more begin, as a record has them."""

Named = dict[str, Any]


def fingerprints(record: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """By the ETag and by the checksum of a processed file; zeros where there is none."""
    if record["status"] != "processed":
        return NONE, NONE
    folder, slash, _ = record["key"].partition("/")
    place = f"{folder if slash else ''}{slash}\n{record['size_bytes']}"
    etag, checksum = record.get("etag"), record.get("checksum")
    strong = checksum is not None and checksum.startswith(STRONG)
    return (
        _digest(f"{place}\netag\n{etag}") if etag else NONE,
        _digest(f"{place}\n{checksum}") if strong else NONE,
    )


def packed_fingerprints(records: Iterable[Mapping[str, Any]]) -> str:
    """Those of a batch's files, in the order in which the batch keeps their records; base64."""
    found = (part for record in in_order(records) for part in fingerprints(record))
    return base64.b64encode(b"".join(found)).decode()


@dataclass(frozen=True)
class Repeated:
    """How many files of a day have the content of another, and a hundred of them by key."""

    files: int = 0
    named: Sequence[Named] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """As a report has it."""
        return {"files": self.files, "named": list(self.named)}


class ContentsStore(Protocol):
    """The reports bucket, of the contents of days."""

    def content_index(self, date: str) -> bytes | None:
        """The index that was kept of a day."""

    def keep_content_index(self, date: str, index: bytes) -> None:
        """Keep the index of a day for those after it."""

    def records_in(self, date: str, pieces: Iterable[Piece]) -> dict[Piece, list[dict[str, Any]]]:
        """The records in these pieces of a day's file; none of what is not there any more."""


def repeated(
    day: Day, batches: Sequence[bytes], sizes: Sequence[int], store: ContentsStore
) -> Repeated:
    """The files of a day whose content another one has, of that day or of the seven before.

    `batches` are the packed fingerprints in the order of the day's file, `sizes` how many bytes of
    it each has. Of a day's equal files, the first in its file is the one that the others repeat.
    """
    # numpy is slow to import, and only a day with records needs it.
    from functions.core.reporting import content_index  # noqa: PLC0415

    today = content_index.of_batches(batches, sizes)
    store.keep_content_index(day.date, content_index.packed(today))
    # One day's index is in memory at a time.
    found = content_index.repeats(
        today, (store.content_index(day.before(ago)) for ago in range(1, DAYS + 1))
    )
    named = [found.at(number) for number in range(min(len(found), NAMED))]
    return Repeated(len(found), _named(day, named, store) if named else ())


def _named(day: Day, found: Sequence[Repeat], store: ContentsStore) -> list[Named]:
    pieces: dict[int, set[Piece]] = {0: {each.piece for each in found}}
    for each in found:
        pieces.setdefault(each.days_ago, set()).add(each.earlier_piece)
    records = {
        ago: store.records_in(day.before(ago), sorted(wanted, key=lambda piece: piece.start))
        for ago, wanted in pieces.items()
    }
    rows = [_row(day, each, records) for each in found]
    there = [row for row in rows if row is not None]
    return sorted(there, key=lambda row: (row["key"], row["version_id"]))


def _row(
    day: Day, repeat: Repeat, records: Mapping[int, Mapping[Piece, list[dict[str, Any]]]]
) -> Named | None:
    """A file and the one that it repeats; that is not named if its day was written again since."""
    file = _line(records[0], repeat.piece, repeat.line)
    if file is None:
        return None
    other = _line(records[repeat.days_ago], repeat.earlier_piece, repeat.earlier_line)
    same = other is not None and _same(file, other)
    return {
        "key": file["key"],
        "version_id": file["version_id"],
        "bytes": file["size_bytes"],
        "records": file["records"],
        "same_as": {
            "date": day.before(repeat.days_ago),
            "key": other["key"] if same and other else None,
            "version_id": other["version_id"] if same and other else None,
        },
    }


def _line(
    records: Mapping[Piece, list[dict[str, Any]]], piece: Piece, line: int
) -> dict[str, Any] | None:
    found = records.get(piece, [])
    return found[line] if line < len(found) else None


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    pairs = zip(fingerprints(one), fingerprints(other), strict=True)
    return any(mine == theirs != NONE for mine, theirs in pairs)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()[:BYTES]
