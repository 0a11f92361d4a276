"""S3's requests that a pipeline makes all day, on moto's own store.

A plain PUT, GET or HEAD of one object takes moto's HTTP layer 0.3 to 0.5 ms, of which the store
needs a tenth; and a GET reads the whole object for any range of it. So these three are answered
here, from the same objects, with the same headers; whatever else a request asks for (a condition,
metadata, an ACL, tags, a copy, an object that is archived or deleted) is left to moto. What does
not fit its checksum was refused before (`refusals`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from moto.s3.models import FakeBucket, FakeKey

from local import moto_backends
from local.http.messages import Answer
from local.s3 import listing, storing, version_listing
from local.s3.storing import CHECKSUMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.http.messages import Environ

PATH_STYLE_HOSTS = ("127.0.0.1", "localhost")
PLAIN_QUERY = re.compile(r"(?:x-id=\w+&?)?(?:versionId=([\w.-]+))?")
RANGE = re.compile(r"bytes=(\d+)-(\d*)")
PLAIN_HEADERS = {
    *("HTTP_X_AMZ_CONTENT_SHA256", "HTTP_X_AMZ_DATE", "HTTP_X_AMZ_SECURITY_TOKEN"),
    *("HTTP_X_AMZ_USER_AGENT", "HTTP_X_AMZ_CHECKSUM_MODE", "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"),
    *("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_AMZ_SDK_INVOCATION_ID"),
    *("HTTP_AMZ_SDK_REQUEST", "HTTP_AUTHORIZATION", "HTTP_CONNECTION", "HTTP_CONTENT_LENGTH"),
    *("HTTP_EXPECT", "HTTP_HOST", "HTTP_RANGE", "HTTP_USER_AGENT", "HTTP_X_AMZN_TRACE_ID"),
    *("HTTP_CONTENT_MD5", *CHECKSUMS.values()),
}
BLOCK_BYTES = 256 * 1024
STREAMED_BYTES = 1024 * 1024


class S3Objects:
    """Answers plain requests for objects of one account."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def answer(self, environ: Environ, region: str) -> Answer | None:
        """The answer; None where the request is moto's."""
        method = environ["REQUEST_METHOD"]
        if method not in {"GET", "HEAD", "PUT"} or not _is_plain(environ):
            return None
        path = environ["RAW_URI"].partition("?")[0]
        bucket_name, _, raw_key = path[1:].partition("/")
        backend = moto_backends.s3(self._account_id, region)
        bucket = backend.buckets.get(bucket_name)
        if type(bucket) is not FakeBucket:
            return None
        if not raw_key:
            return _listing(bucket, environ) if method == "GET" else None
        if method == "PUT":
            return storing.put(backend, bucket, unquote(raw_key), environ)
        query = PLAIN_QUERY.fullmatch(environ["QUERY_STRING"])
        return _get(bucket, unquote(raw_key), query[1], environ) if query else None


def _is_plain(environ: Environ) -> bool:
    host = environ.get("HTTP_HOST", "")
    named = (name for name in environ if name.startswith("HTTP_"))
    path_style = host.startswith(PATH_STYLE_HOSTS)
    return path_style and all(name in PLAIN_HEADERS for name in named)


def _listing(bucket: Any, environ: Environ) -> Answer | None:
    return listing.answer(bucket, environ) or version_listing.answer(bucket, environ)


def _get(bucket: Any, key_name: str, version_id: str | None, environ: Environ) -> Answer | None:
    head = environ["REQUEST_METHOD"] == "HEAD"
    versions = bucket.keys.getlist(key_name, [])
    if not versions and head and version_id is None:
        return Answer(404)
    key = _version(versions, version_id)
    if type(key) is not FakeKey or key.storage_class != "STANDARD":
        return None
    span = _span(environ.get("HTTP_RANGE"), key.size)
    if span is None:
        return None
    begin, end = span
    whole = end - begin == key.size
    answer = Answer(200, list(_headers(key, environ, whole=whole).items()))
    if "HTTP_RANGE" in environ:
        answer.status = 206
        answer.headers.append(("content-range", f"bytes {begin}-{end - 1}/{key.size}"))
    answer.headers.append(("content-length", str(end - begin)))
    if end - begin > STREAMED_BYTES and not head:
        answer.stream = _blocks(key, begin, end)
    elif not head:
        answer.body = _bytes(key, begin, end)
    return answer


def _version(versions: list[Any], version_id: str | None) -> Any:
    """The newest version, or the one of that id; None if there is none."""
    if version_id is None:
        return versions[-1] if versions else None
    return next((each for each in versions if str(each.version_id) == version_id), None)


def _span(given: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None for a range that moto has to judge."""
    if given is None:
        return 0, size
    found = RANGE.fullmatch(given)
    if found is None or int(found[1]) >= size:
        return None
    end = min(int(found[2]) + 1, size) if found[2] else size
    return (int(found[1]), end) if int(found[1]) < end else None


def _headers(key: Any, environ: Environ, *, whole: bool) -> dict[str, str]:
    headers = {name: str(value) for name, value in key.response_dict.items()}
    del headers["content-length"]
    headers |= {name: str(value) for name, value in key.metadata.items()}
    headers["Accept-Ranges"] = "bytes"
    wanted = environ.get("HTTP_X_AMZ_CHECKSUM_MODE") == "ENABLED"
    if wanted and whole and key.checksum_algorithm:
        parts = f"-{key.checksum_parts}" if key.checksum_type == "COMPOSITE" else ""
        headers[f"x-amz-checksum-{key.checksum_algorithm.lower()}"] = f"{key.checksum_value}{parts}"
        if key.checksum_type:
            headers["x-amz-checksum-type"] = key.checksum_type
    return headers


def _bytes(key: Any, begin: int, end: int) -> bytes:
    with key.lock:
        key._value_buffer.seek(begin)  # noqa: SLF001 - moto offers the whole value only
        return bytes(key._value_buffer.read(end - begin))  # noqa: SLF001 - as above


def _blocks(key: Any, begin: int, end: int) -> Iterator[bytes]:
    for at in range(begin, end, BLOCK_BYTES):
        yield _bytes(key, at, min(at + BLOCK_BYTES, end))
