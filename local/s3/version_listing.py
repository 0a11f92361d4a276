"""ListObjectVersions: a key's versions, the newest first, in the order of keys.

moto copies every version of a bucket for each page, takes the latest LastModified for the newest
version, which an upload in parts need not have, and leaves keys unencoded that XML cannot hold.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote

from moto.s3.models import FakeDeleteMarker

from local.http.errors import XML, s3_failure
from local.http.messages import Answer
from local.s3.listing import MOST_KEYS, NAMESPACE, end_of
from local.s3.xml_text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from local.http.messages import Environ
    from local.s3.names import OrderedKeyStore

PARAMETERS: Final = {
    *("versions", "prefix", "delimiter", "key-marker", "version-id-marker"),
    *("max-keys", "encoding-type", "x-id"),
}
OWNER: Final = "<Owner><ID>local</ID><DisplayName>local</DisplayName></Owner>"


@dataclass(frozen=True)
class VersionEntry:
    """One version of a key, or a delete marker."""

    version: Any
    is_latest: bool

    @property
    def key(self) -> str:
        """The key's name."""
        return str(self.version.name)

    @property
    def version_id(self) -> str:
        """The version's id; "null" in a bucket that was never versioned."""
        return str(self.version.version_id)


@dataclass(frozen=True)
class Wanted:
    """Keys that begin so, rolled up at a delimiter (if any), after a key or one of its versions."""

    prefix: str
    delimiter: str
    key_marker: str
    version_marker: str


def answer(bucket: Any, environ: Environ) -> Answer | None:
    """The answer to a listing of versions; None where the request is for something else."""
    pairs = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
    given = dict(pairs)
    if "versions" not in given or not given.keys() <= PARAMETERS:
        return None
    most = given.get("max-keys", str(MOST_KEYS))
    if not most.isdecimal() or given.get("encoding-type", "url") != "url":
        return s3_failure(environ, 400, "InvalidArgument", "max-keys or encoding-type is not valid")
    wanted = Wanted(
        given.get("prefix", ""),
        given.get("delimiter", ""),
        given.get("key-marker", ""),
        given.get("version-id-marker", ""),
    )
    body = _document(bucket, given, wanted, min(int(most), MOST_KEYS))
    return Answer(200, [("Content-Type", "application/xml")], body.encode())


def entries(store: OrderedKeyStore, wanted: Wanted) -> Iterator[str | VersionEntry]:
    """Versions and the common prefixes as text, in one order."""
    names = store.names()
    at = bisect_left(names, max(wanted.prefix, wanted.key_marker))
    while at < len(names) and names[at].startswith(wanted.prefix):
        name = names[at]
        cut = name.find(wanted.delimiter, len(wanted.prefix)) if wanted.delimiter else -1
        if cut >= 0:
            folder = name[: cut + len(wanted.delimiter)]
            at = end_of(names, folder, at)
            if folder > wanted.key_marker:
                yield folder
            continue
        at += 1
        yield from _of_key(store.getlist(name, []), wanted)


def _of_key(versions: Sequence[Any], wanted: Wanted) -> Iterator[VersionEntry]:
    """A key's versions after the marker; without a version's id it stands for all of its key."""
    found = [
        VersionEntry(each, number == 0) for number, each in enumerate(reversed(list(versions)))
    ]
    if not found or found[0].key != wanted.key_marker:
        return iter(found)
    ids = [each.version_id for each in found]
    marked = wanted.version_marker in ids
    return iter(found[ids.index(wanted.version_marker) + 1 :] if marked else ())


def _document(bucket: Any, given: Mapping[str, str], wanted: Wanted, most: int) -> str:
    found = list(islice(entries(bucket.keys, wanted), most + 1)) if most else []
    page, more = found[:most], len(found) > most
    name = quote if "encoding-type" in given else escaped
    fields = {
        "Name": bucket.name,
        "Prefix": name(wanted.prefix),
        "KeyMarker": name(wanted.key_marker),
        "VersionIdMarker": escaped(wanted.version_marker),
        "MaxKeys": most,
        "Delimiter": name(wanted.delimiter) if wanted.delimiter else None,
        "EncodingType": given.get("encoding-type"),
        "IsTruncated": "true" if more else "false",
    } | (_next(page[-1], name) if more else {})
    head = "".join(f"<{tag}>{text}</{tag}>" for tag, text in fields.items() if text is not None)
    listed = "".join(_entry(each, name) for each in page)
    return f'{XML}<ListVersionsResult xmlns="{NAMESPACE}">{head}{listed}</ListVersionsResult>'


def _next(last: str | VersionEntry, name: Callable[[str], str]) -> dict[str, str]:
    if isinstance(last, str):
        return {"NextKeyMarker": name(last)}
    return {"NextKeyMarker": name(last.key), "NextVersionIdMarker": last.version_id}


def _entry(entry: str | VersionEntry, name: Callable[[str], str]) -> str:
    if isinstance(entry, str):
        return f"<CommonPrefixes><Prefix>{name(entry)}</Prefix></CommonPrefixes>"
    version = entry.version
    common = (
        f"<Key>{name(entry.key)}</Key><VersionId>{entry.version_id}</VersionId>"
        f"<IsLatest>{str(entry.is_latest).lower()}</IsLatest>"
        f"<LastModified>{version.last_modified_ISO8601}</LastModified>{OWNER}"
    )
    if isinstance(version, FakeDeleteMarker):
        return f"<DeleteMarker>{common}</DeleteMarker>"
    content = (
        f"<ETag>{version.etag}</ETag><Size>{version.size}</Size>"
        f"<StorageClass>{version.storage_class}</StorageClass>"
    )
    return f"<Version>{common}{content}</Version>"
