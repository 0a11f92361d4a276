"""The reports bucket as the files of deliveries need it: what manifests list, and records."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from functions.aws.errors import translated
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_s3 import S3Client

AT_ONCE: Final = 10
"""Requests side by side: as many as the client keeps connections."""
GZIP: Final = "application/gzip"


class Manifests:
    """What manifests list, in a reports bucket."""

    def __init__(self, bucket: str, s3: S3Client) -> None:
        self._bucket = bucket
        self._s3 = s3

    def contents(self, prefix: str) -> Iterator[bytes]:
        """What is stored under a prefix.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        return map(self._read, self._listed(prefix))

    def records(self, date: str, raw_key: str) -> Iterator[dict[str, Any]]:
        """The records of a day's processed versions of a file.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        prefix = keys.versions_prefix(date, raw_key)
        for key in self._listed(prefix) if prefix else ():
            if keys.is_processed(key):
                yield json.loads(self._read(key))

    def keep(self, objects: Iterable[tuple[str, bytes]]) -> None:
        """Store these, side by side, and the last of them once all others are there.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        *first, last = objects
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._write, first))
        self._write(last)

    def _write(self, each: tuple[str, bytes]) -> None:
        key, content = each
        with translated("S3"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=GZIP)

    def _read(self, key: str) -> bytes:
        with translated("S3"):
            return bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())

    def _listed(self, prefix: str) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with translated("S3"):
            for page in pages:
                yield from (item["Key"] for item in page.get("Contents", ()))
