"""Plain PUTs of objects and of parts: a large body becomes the object's file as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from local.http.errors import s3_failure
from local.http.messages import Answer, body_of
from local.s3.content import IN_MEMORY_BYTES, FileContent
from local.s3.digests import ALGORITHM, DIGESTS, HEADER

if TYPE_CHECKING:
    from local.http.messages import Environ

PLAIN_QUERY: Final = re.compile(r"(?:x-id=\w+)?")
CHECKSUMS: Final = {name: f"{HEADER}{name}" for name in DIGESTS}

MOST_PARTS: Final = 10_000
NO_SUCH_UPLOAD: Final = (
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
    "been aborted or completed."
)


def put(backend: Any, bucket: Any, key_name: str, environ: Environ) -> Answer | None:
    """Store an object or a part; None where the request is moto's."""
    if "partNumber=" in environ["QUERY_STRING"]:
        return _put_part(bucket, environ)
    plain = PLAIN_QUERY.fullmatch(environ["QUERY_STRING"]) is not None
    return _put(backend, bucket, key_name, environ) if plain else None


def _put(backend: Any, bucket: Any, key_name: str, environ: Environ) -> Answer | None:
    checksum = _checksum(environ)
    is_made_here = checksum is None and ALGORITHM in environ
    if bucket.object_lock_enabled or is_made_here:
        return None
    content = _content(environ)
    value = None if checksum is None else checksum[1]
    key = backend.put_object(bucket.name, key_name, content, checksum_value=value)
    key.set_acl(bucket.acl)
    if "CONTENT_TYPE" in environ:
        key.set_metadata({"Content-Type": environ["CONTENT_TYPE"]})
    if checksum is not None:
        key.checksum_algorithm = checksum[0]
    return _stored(key, checksum)


def _checksum(environ: Environ) -> tuple[str, str] | None:
    """The algorithm and the value that the request gives; they were compared before."""
    given = ((name, environ.get(header)) for name, header in CHECKSUMS.items())
    return next(((name, value) for name, value in given if value is not None), None)


def _put_part(bucket: Any, environ: Environ) -> Answer:
    """Store a part of an upload."""
    given = dict(parse_qsl(environ["QUERY_STRING"]))
    upload = bucket.multiparts.get(given.get("uploadId"))
    number = given["partNumber"]
    if upload is None:
        return s3_failure(environ, 404, "NoSuchUpload", NO_SUCH_UPLOAD)
    if not number.isdecimal() or not 1 <= int(number) <= MOST_PARTS:
        text = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
        return s3_failure(environ, 400, "InvalidArgument", text)
    return _stored(upload.set_part(int(number), _content(environ)), _checksum(environ))


def _content(environ: Environ) -> FileContent | bytes:
    """The body: a large one as the file that it is in already."""
    size = int(environ["CONTENT_LENGTH"])
    if size <= IN_MEMORY_BYTES:
        return body_of(environ)
    return FileContent(environ["wsgi.input"], size)


def _stored(key: Any, checksum: tuple[str, str] | None) -> Answer:
    echoed = {} if checksum is None else {f"x-amz-checksum-{checksum[0].lower()}": checksum[1]}
    headers = {name: str(value) for name, value in key.response_dict.items()} | echoed
    del headers["content-length"]
    return Answer(200, list(headers.items()))
