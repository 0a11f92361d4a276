"""ListObjectsV2, a page at the cost of a page.

moto sorts the whole bucket for each page, and its serializer looks for each name of an entry in
several spellings. A report lists every record of its day, so this is answered here, from moto's
objects in the order that `names` keeps. What is asked beyond the plain parameters is left to
moto. A continuation token is the last name of the page before, so none has to be remembered.
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from moto.s3.models import FakeDeleteMarker

from local.http.errors import XML, s3_failure
from local.http.messages import Answer
from local.s3.xml_text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.http.messages import Environ
    from local.s3.names import OrderedKeyStore

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
MOST_KEYS = 1000
TOKEN = "continuation-token"  # noqa: S105 - a parameter's name
PLAIN = {"list-type", "prefix", "delimiter", "start-after", "max-keys", "encoding-type", TOKEN}


def answer(bucket: Any, environ: Environ) -> Answer | None:
    """The answer to a listing of a bucket; None where the request is for something else."""
    given = _given(environ["QUERY_STRING"])
    if given is None:
        return None
    try:
        token = base64.b64decode(given.get(TOKEN, ""), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = "The continuation token provided is incorrect"
        return s3_failure(environ, 400, "InvalidArgument", text)
    request = ListingRequest(
        given.get("prefix", ""), given.get("delimiter", ""), token or given.get("start-after", "")
    )
    body = _document(bucket, given, request)
    return Answer(200, [("Content-Type", "application/xml")], body.encode())


@dataclass(frozen=True)
class ListingRequest:
    """Keys that begin so, rolled up at a delimiter (if any), after a name."""

    prefix: str
    delimiter: str
    after: str


def entries(store: OrderedKeyStore, request: ListingRequest) -> Iterator[str | Any]:
    """The keys' newest versions, and the common prefixes as text, in one order.

    A deleted key is not there, nor is a prefix of nothing but deleted keys.
    """
    names = store.names()
    at = bisect_left(names, max(request.prefix, request.after))
    while at < len(names) and names[at].startswith(request.prefix):
        name = names[at]
        cut = name.find(request.delimiter, len(request.prefix)) if request.delimiter else -1
        if cut < 0:
            at += 1
            key = store.get(name)
            if name > request.after and _is_there(key):
                yield key
            continue
        folder = name[: cut + len(request.delimiter)]
        end = end_of(names, folder, at)
        if folder > request.after and any(_is_there(store.get(each)) for each in names[at:end]):
            yield folder
        at = end


def _is_there(key: Any) -> bool:
    return key is not None and not isinstance(key, FakeDeleteMarker)


def end_of(names: Sequence[str], folder: str, at: int) -> int:
    """Where the names that begin so end."""
    return bisect_right(names, folder, at, key=lambda name: name[: len(folder)])


def _given(query: str) -> dict[str, str] | None:
    """The parameters; None for a listing of another kind, or with anything else asked for."""
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "x-id"]
    given = dict(pairs)
    plain = len(given) == len(pairs) and given.keys() <= PLAIN and given.get("list-type") == "2"
    known = given.get("encoding-type", "url") == "url" and given.get(TOKEN) != ""
    return given if plain and known and given.get("max-keys", "0").isdecimal() else None


def _document(bucket: Any, given: Mapping[str, str], request: ListingRequest) -> str:
    most = min(int(given.get("max-keys", MOST_KEYS)), MOST_KEYS)
    found = list(islice(entries(bucket.keys, request), most + 1)) if most else []
    page, more = found[:most], len(found) > most
    name = quote if "encoding-type" in given else escaped
    contents = [_content(each, name) for each in page if not isinstance(each, str)]
    folders = [each for each in page if isinstance(each, str)]
    head_fields = {
        "Name": bucket.name,
        "Prefix": name(request.prefix),
        "StartAfter": name(given["start-after"]) if "start-after" in given else None,
        "ContinuationToken": given.get(TOKEN),
        "NextContinuationToken": _token(page[-1]) if more else None,
        "KeyCount": len(page),
        "MaxKeys": most,
        "Delimiter": name(request.delimiter) if request.delimiter else None,
        "EncodingType": given.get("encoding-type"),
        "IsTruncated": "true" if more else "false",
    }
    head = "".join(
        f"<{tag}>{text}</{tag}>" for tag, text in head_fields.items() if text is not None
    )
    rolled = "".join(
        f"<CommonPrefixes><Prefix>{name(each)}</Prefix></CommonPrefixes>" for each in folders
    )
    inner = f"{head}{''.join(contents)}{rolled}"
    return f'{XML}<ListBucketResult xmlns="{NAMESPACE}">{inner}</ListBucketResult>'


def _content(key: Any, name: Any) -> str:
    checksum = (
        f"<ChecksumAlgorithm>{key.checksum_algorithm}</ChecksumAlgorithm>"
        if key.checksum_algorithm
        else ""
    )
    return (
        f"<Contents><Key>{name(key.name)}</Key>"
        f"<LastModified>{key.last_modified_ISO8601}</LastModified>"
        f"<ETag>{key.etag}</ETag>{checksum}"
        f"<Size>{key.size}</Size><StorageClass>{key.storage_class}</StorageClass></Contents>"
    )


def _token(entry: Any) -> str:
    name = entry if isinstance(entry, str) else entry.name
    return base64.urlsafe_b64encode(name.encode()).decode()
