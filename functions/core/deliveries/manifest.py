"""A manifest: the file by which a sender lists a delivery, with records, bytes and a hash of each.

Read are our own form, that of Redshift's UNLOAD and COPY ("Loading data files using a manifest",
Amazon Redshift Database Developer Guide), that of Timestream's UNLOAD, and what Snowflake's COPY
INTO answers with DETAILED_OUTPUT, saved as JSON, JSON lines or CSV. They differ in names only.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from functions.core import keys
from functions.core.deliveries.checksums import sha256_in_hex
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_FILES: Final = 100_000
LISTS: Final = ("files", "entries", "result_files")
"""Under which name a document has its files: ours, Redshift's, Timestream's."""
NESTED: Final = ("meta", "file_metadata")
NAMES: Final = ("key", "path", "url", "name", "file_name")
RECORDS: Final = ("records", "record_count", "row_count", "rows")
BYTES: Final = ("bytes", "size", "content_length", "file_size", "content_length_in_bytes")
SHA256: Final = ("sha256",)

URL: Final = re.compile(r"s3[an]?://[^/]+/")
NUMBER: Final = re.compile(r"\d{1,18}")
UNREAD: Final = "{:,} figures of the manifest are in a form that is not known, and not compared"
WHAT_TO_DO: Final = "send it as docs/contracts.md says"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a manifest says of one file; None for what it does not say. `sha256` is in hex."""

    key: str
    records: int | None = None
    bytes: int | None = None
    sha256: str | None = None

    def to_json(self) -> list[Any]:
        """Its fields in order."""
        return [self.key, self.records, self.bytes, self.sha256]


@dataclass(frozen=True)
class Manifest:
    """The files by key, and warnings of what could not be read."""

    files: tuple[Listed, ...]
    warnings: tuple[str, ...] = ()


def read_manifest(
    content: bytes, form: str, *, delimiter: str | None, key: str, prefix: str
) -> Manifest:
    """The files that a manifest lists.

    `content` is UTF-8, counted as `form` (json, jsonl or csv); `key` is the manifest's own, and
    `prefix` its contract's, by which names become keys (`key_of`).

    Raises:
        InvalidFile: CONTRACT_VIOLATION: none of the forms, a file without a name, a file that is
            listed in two ways, or more files than a manifest may list.
    """
    found: dict[str, Listed] = {}
    unread = 0
    for row in _rows(content, form, delimiter):
        values = _flat(row)
        name = next((values[each] for each in NAMES if values.get(each)), None)
        if not isinstance(name, str):
            raise _violated("a file of it has no name")
        listed, missed = _listed(key_of(name, key, prefix), values)
        unread += missed
        if found.setdefault(listed.key, listed) != listed:
            raise _violated("it lists a file twice, with other figures")
        if len(found) > MOST_FILES:
            raise _violated(f"it lists more than {MOST_FILES:,} files")
    warnings = (UNREAD.format(unread),) if unread else ()
    return Manifest(tuple(found[each] for each in sorted(found)), warnings)


def key_of(name: str, manifest_key: str, prefix: str) -> str:
    """The key that a name means: one under the contract's prefix, or a file beside the manifest.

    A URL of another bucket is where the files came from: what they are called there counts.
    """
    place = URL.match(name)
    path = name[place.end() :] if place else name
    if path.startswith(prefix):
        return path
    beside = path.rpartition("/")[2] if place else path.removeprefix("./").lstrip("/")
    folder, slash, _ = manifest_key.rpartition("/")
    return f"{folder}{slash}{beside}"


def _rows(content: bytes, form: str, delimiter: str | None) -> Iterator[Mapping[str, Any]]:
    rows = _table(content, delimiter) if form == "csv" else _documents(content, form)
    for row in rows:
        if not isinstance(row, dict):
            raise _violated(f"no list of files: an object with {' or '.join(LISTS[:2])}, or rows")
        yield row


def _table(content: bytes, delimiter: str | None) -> Iterable[Any]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return csv.DictReader(text, delimiter=delimiter or ",", restkey="")


def _documents(content: bytes, form: str) -> Iterable[Any]:
    """The rows of an object that names its files, of an array, or of JSON lines."""
    plain = content.removeprefix(b"\xef\xbb\xbf")
    try:
        if form == "jsonl":
            return [msgspec.json.decode(line) for line in plain.splitlines() if line.strip()]
        document = msgspec.json.decode(plain)
    except msgspec.DecodeError as error:
        raise _violated("it cannot be read as JSON") from error
    if isinstance(document, dict):
        named = (document[each] for each in LISTS if isinstance(document.get(each), list))
        document = next(named, None)
    return document if isinstance(document, list) else [None]


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values by their names in lower case, those of its metadata among them."""
    values = {name.lower(): value for name, value in row.items()}
    for each in NESTED:
        inside = values.get(each)
        if isinstance(inside, dict):
            values.update({name.lower(): value for name, value in inside.items()})
    return values


def _listed(key: str, values: Mapping[str, Any]) -> tuple[Listed, int]:
    """A file, and how many of its figures could not be read."""
    if len(key.encode(errors="replace")) > keys.KEY_LIMIT_BYTES:
        raise _violated(f"a file's key is longer than {keys.KEY_LIMIT_BYTES:,} bytes")
    given = [_given(values, names) for names in (RECORDS, BYTES, SHA256)]
    records, size, sha256 = _whole(given[0]), _whole(given[1]), sha256_in_hex(given[2])
    read = (records, size, sha256)
    missed = sum(text != "" and each is None for text, each in zip(given, read, strict=True))
    return Listed(key, records, size, sha256), missed


def _given(values: Mapping[str, Any], names: Iterable[str]) -> str:
    found = (values[each] for each in names if values.get(each) not in (None, ""))
    return next((str(each).strip() for each in found), "")


def _whole(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None


def _violated(what: str) -> InvalidFile:
    return InvalidFile(RejectionCode.CONTRACT_VIOLATION, f"the manifest: {what}; {WHAT_TO_DO}")
