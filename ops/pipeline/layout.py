"""Where the pipeline keeps what it knows, as its bucket shows it to anybody who looks.

The rule is that of the functions (`functions/core/keys.py`), which these tools may not import: they
speak AWS's API only. tests/ops/test_layout.py holds the two together.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

REPORTS: Final = "daily-reports/"
RECORDS: Final = "records/"
ACKNOWLEDGED: Final = "acknowledged/"
PROCESSED_PREFIX: Final = "processed/"
KEY_LIMIT_BYTES: Final = 1024
REJECTED: Final = ".rejected.json"
DUPLICATE: Final = ".duplicate.json"
PROCESSED: Final = ".json"
VERSION: Final = "v-"
FOLDERS_OF_A_FILE: Final = 3
STAND_IN: Final = re.compile(r"event-[0-9a-f]{16}")
"""What the rejection of a bad event has for a version id; it names no object version."""


def day_prefix(date: str) -> str:
    """Where the records of one UTC day lie; `date` is YYYY-MM-DD."""
    return f"{PROCESSED_PREFIX}date={date}/"


def record_key(date: str, key: str, version_id: str, *, rejected: bool = False) -> str:
    """Where the record of an object version lies, uploaded on that UTC day."""
    stem = record_stem(date, key, version_id)
    return f"{stem}{REJECTED if rejected else PROCESSED}"


def record_stem(date: str, key: str, version_id: str) -> str:
    """What the keys of the processed and of the rejected record of a version begin with."""
    name = f"{key}/{VERSION}{version_id}"
    if len(f"{day_prefix(date)}{name}{REJECTED}".encode()) > KEY_LIMIT_BYTES:
        name = hashlib.sha256(f"{key}/{version_id}".encode()).hexdigest()
    return f"{day_prefix(date)}{name}"


def old_stem(date: str, key: str, version_id: str) -> str:
    """The stem that a version had until 2026-11, when names had no `v-`."""
    stem = f"{day_prefix(date)}{key}/{version_id}"
    fits = len(f"{stem}{REJECTED}".encode()) <= KEY_LIMIT_BYTES
    return stem if fits else record_stem(date, key, version_id)


def current_stem(stem: str) -> str:
    """The stem that is the version's now, of one from any time."""
    if stem.count("/") < FOLDERS_OF_A_FILE:  # a digest, which was always one
        return stem
    _, day, rest = stem.split("/", 2)
    key, _, name = rest.rpartition("/")
    return stem if name.startswith(VERSION) else record_stem(date_of(day), key, name)


def identity_of(stem: str) -> tuple[str, str] | None:
    """The key and version id that a stem names; None where a digest stands for them."""
    if stem.count("/") < FOLDERS_OF_A_FILE:
        return None
    key, _, name = stem.split("/", 2)[2].rpartition("/")
    return key, name.removeprefix(VERSION)


def names_version(stem: str) -> bool:
    """Whether a record is about an object version; the rejection of a bad event may not be."""
    return STAND_IN.fullmatch(stem.rpartition(f"/{VERSION}")[2]) is None


def report_key(date: str, form: str) -> str:
    """Where a day's report lies; `form` is json, html or csv."""
    return f"{REPORTS}date={date}/report.{form}"


def records_key(date: str) -> str:
    """Where the file of a day's records lies: JSON lines, gzipped."""
    return f"{RECORDS}date={date}/records.json.gz"


def listings_prefix(date: str) -> str:
    """Where it lies what the manifests of a day list."""
    return f"deliveries/date={date}/listings/"


def acknowledged_key(date: str, letter_id: str) -> str:
    """Where it is written why a message of the dead-letter queue was acknowledged on that day."""
    return f"{ACKNOWLEDGED}date={date}/{letter_id}.json"


def date_of(prefix: str) -> str:
    """The day of `.../date=YYYY-MM-DD/`."""
    return prefix.rstrip("/").rpartition("=")[2]


@dataclass(frozen=True)
class Recorded:
    """What the keys of one day's records say, each object version by its record's stem."""

    processed: frozenset[str]
    rejected: frozenset[str]
    duplicates: int

    def has(self, stem: str) -> bool:
        """Whether a version is accounted for."""
        return stem in self.processed or stem in self.rejected


def recorded(keys: Iterable[str]) -> Recorded:
    """Sort the keys under a day's prefix. Success wins: a rejection beside a success is none."""
    processed: set[str] = set()
    rejected: set[str] = set()
    duplicates = 0
    for key in keys:
        if key.endswith(DUPLICATE):
            duplicates += 1
        elif key.endswith(REJECTED):
            rejected.add(current_stem(key.removesuffix(REJECTED)))
        elif key.endswith(PROCESSED):
            processed.add(current_stem(key.removesuffix(PROCESSED)))
    return Recorded(frozenset(processed), frozenset(rejected - processed), duplicates)
