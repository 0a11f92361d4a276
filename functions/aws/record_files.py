"""A day's records as one object, joined from those of its batches.

One object is written or it is not: a reader finds what was there before or all of what is there
now, so that a restated day has no record twice.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from functions.aws.errors import translated
from functions.aws.small_objects import CONNECTIONS
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_s3 import S3Client

PART_BYTES: Final = 8 << 20
"""S3 takes parts of 5 MiB or more, 10,000 of them (S3 User Guide, "Multipart upload limits")."""
READ_AHEAD: Final = 4 * CONNECTIONS
"""Batches' files, of some 40 KB each, that are held at most."""
GZIP: Final = "application/gzip"


class RecordFiles:
    """The files of records in a reports bucket."""

    def __init__(self, bucket: str, s3: S3Client) -> None:
        self._bucket = bucket
        self._s3 = s3

    def keep_batch(self, date: str, record_keys: Iterable[str], content: bytes) -> str:
        """Store a batch's records until the day's are joined; where they are.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        key = keys.batch_records_key(date, record_keys)
        self._put(key, content)
        return key

    def join(self, date: str, batch_keys: Iterable[str]) -> list[int]:
        """Make the day's file of its batches' files; how many bytes each of them has.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        sizes: list[int] = []
        parts = self._parts(batch_keys, sizes)
        first, second = next(parts, None), next(parts, None)
        key = keys.records_key(date)
        if second is not None:
            self._put_in_parts(key, [first, second], parts)
        elif first is not None:
            self._put(key, first)
        return sizes

    def _parts(self, batch_keys: Iterable[str], sizes: list[int]) -> Iterator[bytes]:
        """The batches' bytes, one after the other, in parts; they are read side by side."""
        held, wanted = bytearray(), list(batch_keys)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for start in range(0, len(wanted), READ_AHEAD):
                for content in pool.map(self._read, wanted[start : start + READ_AHEAD]):
                    held += content
                    sizes.append(len(content))
                    if len(held) >= PART_BYTES:
                        yield bytes(held)
                        held.clear()
        if held:
            yield bytes(held)

    def _read(self, key: str) -> bytes:
        with translated("S3"):
            return bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())

    def _put(self, key: str, content: bytes) -> None:
        with translated("S3"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=GZIP)

    def _put_in_parts(self, key: str, begun: Iterable[Any], left: Iterator[bytes]) -> None:
        place: Any = {"Bucket": self._bucket, "Key": key}
        with translated("S3"):
            place["UploadId"] = self._s3.create_multipart_upload(**place, ContentType=GZIP)[
                "UploadId"
            ]
            try:
                done: list[Any] = []
                for number, part in enumerate(chain(begun, left), start=1):
                    answer = self._s3.upload_part(**place, PartNumber=number, Body=part)
                    done.append({"PartNumber": number, "ETag": answer["ETag"]})
                self._s3.complete_multipart_upload(**place, MultipartUpload={"Parts": done})
            except BaseException:
                self._s3.abort_multipart_upload(**place)
                raise
