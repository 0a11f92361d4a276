"""The reports bucket as the report's deliveries need it."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws import day_files
from functions.aws.errors import is_missing, translated
from functions.aws.manifests import GZIP, Manifests
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_s3 import S3Client

AT_ONCE = 10


class DeliveredFiles:
    """What manifests list, and the files that can be listed, in a reports bucket."""

    def __init__(self, bucket: str, s3: S3Client, begun: str | None = None) -> None:
        """`begun` is when the report began that keeps what it knows; to read, none is needed."""
        self.bucket = bucket
        self._s3 = s3
        self._begun = begun

    def batch_records(self, batch_keys: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The records of batches, which are read side by side.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        wanted = list(batch_keys)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, len(wanted), AT_ONCE):
                for content in pool.map(self._content, wanted[start : start + AT_ONCE]):
                    yield from map(json.loads, gzip.decompress(content).splitlines())

    def listings(self, date: str) -> Iterator[bytes]:
        """What the manifests of a day list.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        return Manifests(self.bucket, self._s3).contents(keys.listings_prefix(date))

    def delivered(self, date: str) -> bytes | None:
        """What was kept of a day's files that can be listed; None if nothing was.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        try:
            return self._content(keys.delivered_key(date))
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def keep_delivered(self, date: str, content: bytes) -> None:
        """Keep the day's files that can be listed, unless a later report has (`day_files`).

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        place: Any = {"Bucket": self.bucket, "Key": keys.delivered_key(date)}

        def write(options: dict[str, Any]) -> None:
            self._s3.put_object(**place, Body=content, ContentType=GZIP, **options)

        day_files.keep(self._s3, place, self._begun, write)

    def _content(self, key: str) -> bytes:
        with translated("S3"):
            return bytes(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
