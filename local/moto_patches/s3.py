"""S3's objects where moto has them otherwise: content in files, version ids, times of uploads."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from typing import TYPE_CHECKING, Any

from moto.s3 import models
from moto.s3.exceptions import NoSuchUpload
from moto.s3.responses import S3Response

from local.s3 import multipart
from local.s3.content import FileContent
from local.s3.digests import of_file

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION_ID_BYTES = 24
"""32 characters of S3's alphabet: letters, digits, `.` and `_`, any of them first."""

VALUE: Any = models.FakeKey.value
CREATE_UPLOAD = models.S3Backend.create_multipart_upload
LISTED_PARTS = S3Response._complete_multipart_body  # noqa: SLF001 - no other place knows the headers
COMPLETE_UPLOAD = models.S3Backend.complete_multipart_upload


def version_id() -> str:
    """A new one."""
    return base64.b64encode(os.urandom(VERSION_ID_BYTES), altchars=b"._").decode()


def set_value(key: Any, value: bytes | FileContent) -> None:
    """Give an object its content; a file becomes the object's own."""
    if isinstance(value, FileContent) or STORES:
        _set_etag(key, value)
    if STORES:
        key._value_buffer.close()  # noqa: SLF001 - moto offers bytes only
        key._value_buffer = stored = STORES[-1](value)  # noqa: SLF001 - as above
        key.contentsize = stored.size
    elif isinstance(value, FileContent):
        key._value_buffer.close()  # noqa: SLF001 - as above
        key._value_buffer, key.contentsize = value.file, value.size  # noqa: SLF001 - as above
    else:
        VALUE.fset(key, value)


def _set_etag(key: Any, value: bytes | FileContent) -> None:
    """Give the object its ETag: moto would read 16 MB of it at once."""
    if key._etag is None:  # noqa: SLF001 - moto has no other place for it
        file = value.file if isinstance(value, FileContent) else io.BytesIO(value)
        key._etag = of_file(file, hashlib.md5(usedforsecurity=False)).hex()  # noqa: SLF001 - as above


def store_contents_by(store: Callable[[bytes | FileContent], Any] | None) -> None:
    """Have every content in a file of the kept world from now on; None: in memory again."""
    STORES[:] = [] if store is None else [store]


STORES: list[Callable[[bytes | FileContent], Any]] = []
"""Where contents go: at most one."""


def create_upload(backend: Any, *given: Any, **named: Any) -> Any:
    """An upload in parts, which knows when it was begun."""
    upload: Any = CREATE_UPLOAD(backend, *given, **named)
    upload.initiated = vars(models)["utcnow"]()  # as the objects themselves
    return upload


def listed_parts(response: Any, body: Any) -> multipart.ListedParts:
    """What a request to complete an upload says of the parts, and of the whole."""
    return multipart.ListedParts(list(LISTED_PARTS(response, body)), response.headers)


def complete_upload(backend: Any, bucket_name: str, upload_id: str, body: Any) -> Any:
    """The object; it was last modified when its upload was begun (API reference, GetObject)."""
    upload = backend.get_bucket(bucket_name).multiparts.get(upload_id)
    if upload is None:
        raise NoSuchUpload(upload_id=upload_id)
    multipart.meet_condition(backend.get_object(bucket_name, upload.key_name), body.headers)
    key: Any = COMPLETE_UPLOAD(backend, bucket_name, upload_id, body)
    key.last_modified = key.multipart.initiated
    multipart.share_file(key)
    return key


def install() -> None:
    """Put these in moto's place."""
    places: list[tuple[Any, str, Any]] = [
        (models.FakeKey, "value", property(VALUE.fget, set_value)),
        (models.FakeMultipart, "complete", multipart.complete),
        (S3Response, "_complete_multipart_body", listed_parts),
        (models.S3Backend, "create_multipart_upload", create_upload),
        (models.S3Backend, "complete_multipart_upload", complete_upload),
        (models, "random", _Random()),
    ]
    for owner, name, replacement in places:
        setattr(owner, name, replacement)


class _Random:
    """moto's source of ids, of which S3's versions are the UUIDs."""

    def __getattr__(self, name: str) -> Any:
        return getattr(ORIGINAL_RANDOM, name)

    def uuid4(self) -> str:
        """A version's id, and a table bucket's name, which nothing here makes."""
        return version_id()


ORIGINAL_RANDOM: Any = vars(models)["random"]
