"""A day's records as one object, joined from those of its batches.

One object is written or it is not: a reader finds what was there before or all of what is there
now, so that a restated day has no record twice.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.aws import day_files
from functions.aws.errors import code_of, translated
from functions.aws.small_objects import CONNECTIONS
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_s3 import S3Client

PART_BYTES: Final = 8 << 20
"""S3 takes parts of 5 MiB or more, 10,000 of them (S3 User Guide, "Multipart upload limits")."""
READ_AHEAD: Final = 4 * CONNECTIONS
"""Batches' files, of some 40 KB each, that are held at most."""
GZIP: Final = "application/gzip"


class RecordFiles:
    """The files of records in a reports bucket."""

    def __init__(self, bucket: str, s3: S3Client, begun: str | None = None) -> None:
        """`begun` is when the report began that joins them; a batch needs none."""
        self._bucket = bucket
        self._s3 = s3
        self._begun = begun

    def keep_batch(self, date: str, record_keys: Iterable[str], content: bytes) -> str:
        """Store a batch's records until the day's are joined; where they are.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        key = keys.batch_records_key(date, record_keys)
        self._put({"Bucket": self._bucket, "Key": key}, content, {})
        return key

    def join(self, date: str, batch_keys: Iterable[str]) -> list[int]:
        """Make the day's file of its batches' files; how many bytes each of them has.

        The file stays that of a report which began later (`day_files`).

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        wanted = list(batch_keys)
        sizes: list[int] = []
        place = {"Bucket": self._bucket, "Key": keys.records_key(date)}

        def write(options: dict[str, Any]) -> None:
            sizes.clear()
            parts = self._parts(wanted, sizes)
            first, second = next(parts, None), next(parts, None)
            if second is not None:
                self._put_in_parts(place, chain([first, second], parts), options)
            elif first is not None:
                self._put(place, first, options)

        day_files.keep(self._s3, place, self._begun, write)
        if not sizes:
            for _ in self._parts(wanted, sizes):
                pass
        return sizes

    def _parts(self, wanted: Sequence[str], sizes: list[int]) -> Iterator[bytes]:
        """The batches' bytes, one after the other, in parts; they are read side by side."""
        held = bytearray()
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

    def _put(self, place: Any, content: bytes, options: dict[str, Any]) -> None:
        with translated("S3"):
            self._s3.put_object(**place, Body=content, ContentType=GZIP, **options)

    def _put_in_parts(self, at: Any, parts: Iterable[Any], options: dict[str, Any]) -> None:
        given = dict(options)
        with translated("S3"):
            begun = self._s3.create_multipart_upload(
                **at, ContentType=GZIP, Metadata=given.pop("Metadata")
            )
            place = {**at, "UploadId": begun["UploadId"]}
            try:
                done: list[Any] = []
                for number, part in enumerate(parts, start=1):
                    answer = self._s3.upload_part(**place, PartNumber=number, Body=part)
                    done.append({"PartNumber": number, "ETag": answer["ETag"]})
                self._s3.complete_multipart_upload(
                    **place, MultipartUpload={"Parts": done}, **given
                )
            except BaseException:
                self._abort(place)
                raise

    def _abort(self, place: Any) -> None:
        """Give an upload up; one whose answer was lost may be complete, and so be gone."""
        try:
            self._s3.abort_multipart_upload(**place)
        except ClientError as error:
            if code_of(error) != "NoSuchUpload":
                raise
