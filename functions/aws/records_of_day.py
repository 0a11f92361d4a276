"""A day's records as the watcher needs them: by their keys, in a bounded number of calls."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from functions.aws.errors import translated
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

MOST_LISTED: Final = 200_000
"""Two hundred listings, or half a minute, of a day; of more, those that come first by key."""


class RecordsOfDay:
    """The records of one reports bucket."""

    def __init__(self, bucket: str, s3: S3Client) -> None:
        self._bucket = bucket
        self._s3 = s3

    def listed(self, date: str) -> Iterator[tuple[str, float]]:
        """Keys of records in order, with when each was stored, in seconds since 1970.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        return islice(self._listed(keys.day_prefix(date)), MOST_LISTED)

    def told(self, date: str) -> set[str]:
        """The keys of what was told of on a day.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        return {key for key, _ in self._listed(keys.told_prefix(date))}

    def record(self, key: str) -> dict[str, Any]:
        """A record.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        with translated("S3"):
            body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return dict(json.loads(body))

    def note(self, key: str) -> None:
        """Leave an empty object.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        with translated("S3"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=b"")

    def _listed(self, prefix: str) -> Iterator[tuple[str, float]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with translated("S3"):
            for page in pages:
                for each in page.get("Contents", ()):
                    yield each["Key"], each["LastModified"].timestamp()
