"""A partial summary of a day's records: a commutative monoid, of bounded size.

Batches are summarised apart and merged in any order and grouping; the result is always the same.
What is capped is capped so that this holds: by an order of its own, never by who came first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from functions.core import keys
from functions.core.reporting import prefix_amounts
from functions.core.reporting.contents import packed_fingerprints
from functions.core.reporting.durations import from_upload_to_record
from functions.core.reporting.prefix_amounts import (
    CAUSES,
    PREFIXES,
    PrefixAmount,
    PrefixAmounts,
    capped,
)
from functions.core.reporting.readings import (
    Doubtful,
    Readings,
    doubtful_of,
    json_bytes,
    reading_of,
)
from functions.core.reporting.record_files import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LARGEST = 10
LISTED = 100
NAME_BYTES = 120
KEY_BYTES = 1100
MESSAGE_BYTES = 300
COLUMNS_BYTES = 100
"""Of JSON, at most: so a summary stays under the 256 KiB that a state may hand on, whatever keys
and messages there are (Step Functions guide, "Quotas")."""
NO_PREFIX = "(top level)"
NOT_KNOWN: Final[Mapping[str, object]] = {}
"""When each record was stored, where nobody says it."""


@dataclass(frozen=True)
class Amount:
    """So many files, their records, and their bytes as stored."""

    files: int = 0
    records: int = 0
    bytes: int = 0

    def __add__(self, other: Amount) -> Amount:
        """Both together."""
        return Amount(
            self.files + other.files, self.records + other.records, self.bytes + other.bytes
        )

    def to_json(self) -> list[int]:
        """As [files, records, bytes]."""
        return [self.files, self.records, self.bytes]


Amounts = dict[str, Amount]
Listed = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Summary:
    """What a set of records comes to. `hours` is by UTC hour of upload, "00" to "23".

    `checked` are those whose values were held to field rules: processed, or in breach of them.
    `causes` is how many files of a prefix were rejected by a code, by "CODE prefix"; `readings`
    and `doubtful` are of processed files.
    """

    processed: Amount = Amount()
    rejected: Amount = Amount()
    checked: Amount = Amount()
    duplicates: int = 0
    formats: Amounts = field(default_factory=dict)
    prefixes: PrefixAmounts = field(default_factory=dict)
    hours: Amounts = field(default_factory=dict)
    errors: Amounts = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)
    largest: Listed = ()
    rejections: Listed = ()
    readings: Readings = field(default_factory=Readings)
    doubtful: Doubtful = field(default_factory=Doubtful)

    def merge(self, other: Summary) -> Summary:
        """Both together."""
        return Summary(
            processed=self.processed + other.processed,
            rejected=self.rejected + other.rejected,
            checked=self.checked + other.checked,
            duplicates=self.duplicates + other.duplicates,
            formats=_added(self.formats, other.formats),
            prefixes=capped(
                _added_prefixes(self.prefixes, other.prefixes), PREFIXES, PrefixAmount.__add__
            ),
            hours=_added(self.hours, other.hours),
            errors=_added(self.errors, other.errors),
            causes=capped(_counted(self.causes, other.causes), CAUSES, int.__add__),
            largest=_first((*self.largest, *other.largest), _by_size, LARGEST),
            rejections=_first((*self.rejections, *other.rejections), _by_key, LISTED),
            readings=self.readings.merge(other.readings),
            doubtful=self.doubtful.merge(other.doubtful),
        )

    def to_json(self) -> dict[str, Any]:
        """As a batch answers it."""
        named = ("formats", "prefixes", "hours", "errors")
        amounts = {
            name: {key: value.to_json() for key, value in getattr(self, name).items()}
            for name in named
        }
        return {
            "processed": self.processed.to_json(),
            "rejected": self.rejected.to_json(),
            "checked": self.checked.to_json(),
            "duplicates": self.duplicates,
            **amounts,
            "causes": dict(self.causes),
            "largest": list(self.largest),
            "rejections": list(self.rejections),
            "readings": self.readings.to_json(),
            "doubtful": self.doubtful.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Summary:
        """What `to_json` made, also one of before there were causes, readings, warnings, checks."""
        doubtful = value.get("doubtful", {"files": 0, "named": ()})
        return cls(
            processed=Amount(*value["processed"]),
            rejected=Amount(*value["rejected"]),
            checked=Amount(*value.get("checked", ())),
            duplicates=value["duplicates"],
            formats=_amounts(value["formats"]),
            prefixes={
                name: PrefixAmount.from_json(each) for name, each in value["prefixes"].items()
            },
            hours=_amounts(value["hours"]),
            errors=_amounts(value["errors"]),
            causes=dict(value.get("causes", {})),
            largest=tuple(value["largest"]),
            rejections=tuple(value["rejections"]),
            readings=Readings.from_json(value.get("readings", ())),
            doubtful=Doubtful(doubtful["files"], tuple(doubtful["named"])),
        )


def of_record(record: Mapping[str, Any], stored_at: object = None) -> Summary:
    """The summary of one record. `stored_at` is when it was, in seconds since 1970, if known."""
    amount = Amount(1, record.get("records") or 0, record["size_bytes"])
    hour = {record["uploaded_at"][11:13]: amount}
    # Only CheckFields makes a profile, and only a rule that is broken leaves breaches.
    is_checked = record.get("profile") is not None or record.get("breaches")
    checked = amount if is_checked else Amount()
    prefix, rejected = top_prefix(record["key"]), record["status"] == "rejected"
    took = from_upload_to_record(record["uploaded_at"], stored_at)
    prefixes = {prefix: prefix_amounts.of_record(record, rejected=rejected, took=took)}
    file = {
        "key": shortened(record["key"], KEY_BYTES),
        "version_id": shortened(record["version_id"], NAME_BYTES),
    }
    if rejected:
        error = record["error"]
        message = shortened(error["message"], MESSAGE_BYTES)
        rejection = {**file, "code": error["code"], "message": message}
        return Summary(
            rejected=amount,
            checked=checked,
            prefixes=prefixes,
            hours=hour,
            errors={error["code"]: amount},
            causes={f"{error['code']} {prefix}": 1},
            rejections=(rejection,),
        )
    large = {**file, "bytes": record["size_bytes"], "records": record["records"]}
    return Summary(
        processed=amount,
        checked=checked,
        formats={record["format"]: amount},
        prefixes=prefixes,
        hours=hour,
        largest=(large,),
        readings=reading_of(record, prefix, lambda names: shortened(names, COLUMNS_BYTES)),
        doubtful=doubtful_of(record, file),
    )


def summarize(
    records: Iterable[Mapping[str, Any]], stored_at: Mapping[str, object] = NOT_KNOWN
) -> Summary:
    """The summary of many records, and of when each was stored, by its key."""
    return merged(of_record(record, stored_at.get(_stored_key(record))) for record in records)


def _stored_key(record: Mapping[str, Any]) -> str:
    date, rejected = record["uploaded_at"][:10], record["status"] == "rejected"
    return keys.record_key(date, record["key"], record["version_id"], rejected=rejected)


def summarize_keys(
    stored_at: Mapping[str, object],
    read: Callable[[list[str]], Iterable[Mapping[str, Any]]],
    keep: Callable[[list[str], bytes], str],
    is_delivered: Callable[[str], bool] = lambda _: False,
) -> dict[str, Any]:
    """The summary of what lies at these keys, as JSON, and where the records are kept as one file.

    `stored_at` has the keys with S3's LastModified of each, in seconds since 1970. A duplicate's
    marker is counted without reading, and is no record.

    `delivered` is how many files have keys that a manifest can list (`is_delivered`); `contents`
    has the fingerprints of their contents.
    """
    records = [name for name in stored_at if not name.endswith("/")]
    marked = [name for name in records if keys.is_duplicate(name)]
    left = [name for name in records if not keys.is_duplicate(name)]
    found = list(read(left))
    summary = summarize(found, stored_at).merge(Summary(duplicates=len(marked)))
    return {
        **summary.to_json(),
        "records_key": keep(left, packed(found)),
        "contents": packed_fingerprints(found),
        "delivered": sum(is_delivered(record["key"]) for record in found),
    }


def merged(summaries: Iterable[Summary]) -> Summary:
    """All together; the empty summary for none.

    Equals are merged with equals, as a binary counter carries: a merge costs what both sides hold,
    and so most are of few records, whatever the number of prefixes.
    """
    parts: list[tuple[int, Summary]] = []
    for summary in summaries:
        size, whole = 1, summary
        while parts and parts[-1][0] == size:
            whole = parts.pop()[1].merge(whole)
            size *= 2
        parts.append((size, whole))
    total = Summary()
    for _, part in reversed(parts):
        total = part.merge(total)
    return total


def top_prefix(key: str) -> str:
    """The key's first folder, with its slash; shortened if it is very long."""
    head, slash, _ = key.partition("/")
    return shortened(f"{head}/", NAME_BYTES) if slash else NO_PREFIX


def shortened(text: str, most: int) -> str:
    """A text whose JSON takes so many bytes at most: cut, with a digest of all of it, if longer."""
    if json_bytes(text) <= most:
        return text
    ending = f"…{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    room, kept = most - json_bytes(ending), []
    for letter in text:
        room -= _letter_bytes(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept) + ending


@lru_cache(maxsize=1024)
def _letter_bytes(letter: str) -> int:
    """Of a letter in a text in JSON."""
    return json_bytes(letter) - len('""')


def _added(one: Amounts, other: Amounts) -> Amounts:
    names = sorted({*one, *other})
    return {name: one.get(name, Amount()) + other.get(name, Amount()) for name in names}


def _added_prefixes(one: PrefixAmounts, other: PrefixAmounts) -> PrefixAmounts:
    names, none = sorted({*one, *other}), PrefixAmount()
    return {name: one.get(name, none) + other.get(name, none) for name in names}


def _counted(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}


def _first(items: Listed, order: Any, limit: int) -> Listed:
    return tuple(sorted(items, key=order)[:limit])


def _by_size(item: Mapping[str, Any]) -> tuple[int, str, str, int]:
    """Every field decides, or equal items would stay in the order in which they were merged."""
    return -item["bytes"], item["key"], item["version_id"], item["records"]


def _by_key(item: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return item["key"], item["version_id"], item["code"], item["message"]


def _amounts(value: Mapping[str, list[int]]) -> Amounts:
    return {name: Amount(*numbers) for name, numbers in value.items()}
