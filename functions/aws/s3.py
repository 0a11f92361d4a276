"""S3 as the file functions need it: is there a record, a version's head, a version's content."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.aws.errors import code_of, is_missing, translated
from functions.core.errors import InvalidFile, RejectionCode, TransientError
from functions.core.uploads import UNVERSIONED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_s3 import S3Client

    from functions.core.uploads import Upload

BLOCK_BYTES = 1 << 20
GONE = "the object version is not there any more: upload the file again"
ARCHIVED = (
    "the object is in an archive (S3 Glacier), and cannot be read: restore it and replay the file,"
    " or upload it in another storage class"
)
"""`InvalidObjectState` (S3 API reference, GetObject): the uploader chose the storage class."""


@cache
def client() -> S3Client:
    """The client of this process; made once, since that is the slow part."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 3},
        connect_timeout=3,
        read_timeout=20,
        response_checksum_validation="when_required",
    )
    return boto3.client("s3", config=config)


class Content:
    """One object version, read with its version id, so that an overwrite cannot be mistaken."""

    def __init__(self, upload: Upload, s3: S3Client) -> None:
        self._upload = upload
        self._s3 = s3
        self.size = upload.size_bytes
        self.content_type: str | None = None
        self.metadata: Mapping[str, str] = {}
        self.checksum: str | None = None
        self.stored_on: str | None = None
        """The UTC day of S3's LastModified, YYYY-MM-DD, once some of it was read."""

    def read(self, start: int, length: int) -> bytes:
        """Some of it.

        Raises:
            InvalidFile: OBJECT_GONE.
            TransientError: S3 is busy or out of reach.
        """
        answer = self._get(Range=f"bytes={start}-{start + length - 1}", ChecksumMode="ENABLED")
        with _of_version():
            return bytes(answer["Body"].read())

    def blocks(self) -> Iterator[bytes]:
        """All of it, in blocks.

        Raises:
            InvalidFile: OBJECT_GONE.
            TransientError: S3 is busy, or the connection broke.
        """
        answer = self._get(ChecksumMode="ENABLED")
        self.checksum = _checksum(answer)
        yield from _streamed(answer)

    def part(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in blocks.

        Raises:
            InvalidFile: OBJECT_GONE.
            TransientError: S3 is busy, or the connection broke.
        """
        return _streamed(self._get(Range=f"bytes={start}-{end - 1}"))

    def _get(self, **options: Any) -> Any:
        upload = self._upload
        if upload.version_id != UNVERSIONED:
            options["VersionId"] = upload.version_id
        with _of_version():
            answer = self._s3.get_object(Bucket=upload.bucket, Key=upload.key, **options)
        self.content_type = answer.get("ContentType")
        self.stored_on = answer["LastModified"].astimezone(UTC).date().isoformat()
        self.metadata = {name.lower(): text for name, text in answer.get("Metadata", {}).items()}
        return answer


def _streamed(answer: Any) -> Iterator[bytes]:
    left = answer["ContentLength"]
    with _of_version():
        for block in answer["Body"].iter_chunks(BLOCK_BYTES):
            left -= len(block)
            yield block
    if left:
        raise TransientError(f"the connection ended {left} bytes too early")


def exists(bucket: str, key: str, s3: S3Client) -> bool:
    """Whether there is such an object.

    Raises:
        TransientError: S3 is busy or out of reach.
    """
    try:
        with translated("S3"):
            s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _checksum(answer: Any) -> str | None:
    names = sorted(
        name for name in answer if name.startswith("Checksum") and name != "ChecksumType"
    )
    return f"{names[0].removeprefix('Checksum')}:{answer[names[0]]}" if names else None


@contextmanager
def _of_version() -> Iterator[None]:
    """A version that cannot be read any more is a rejection; busy services pass by themselves."""
    try:
        with translated("S3"):
            yield
    except ClientError as error:
        if is_missing(error):
            raise InvalidFile(RejectionCode.OBJECT_GONE, GONE) from error
        if code_of(error) == "InvalidObjectState":
            raise InvalidFile(RejectionCode.OBJECT_ARCHIVED, ARCHIVED) from error
        raise
