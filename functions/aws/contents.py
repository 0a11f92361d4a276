"""The reports bucket as the report needs it to find the same content twice."""

from __future__ import annotations

import gzip
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws import day_files
from functions.aws.errors import code_of, is_missing, translated
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_s3 import S3Client

    from functions.core.reporting.content_places import Piece

AT_ONCE = 10


class Contents:
    """Fingerprints of days, and pieces of their records, in a reports bucket."""

    bucket: str
    _s3: S3Client
    _begun: str | None

    def content_index(self, date: str) -> bytes | None:
        """The index that was kept of a day; None if none was.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        return self._get(keys.content_index_key(date))

    def keep_content_index(self, date: str, index: bytes) -> None:
        """Keep a day's index for the days after it, unless a later report has (`day_files`).

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        place: Any = {"Bucket": self.bucket, "Key": keys.content_index_key(date)}

        def write(options: dict[str, Any]) -> None:
            self._s3.put_object(**place, Body=index, **options)

        day_files.keep(self._s3, place, self._begun, write)

    def records_in(self, date: str, pieces: Iterable[Piece]) -> dict[Piece, list[dict[str, Any]]]:
        """The records in these pieces of a day's file; none of what is not there any more.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        wanted = list(pieces)

        def read(piece: Piece) -> list[dict[str, Any]]:
            end = piece.start + piece.size - 1
            content = self._get(keys.records_key(date), Range=f"bytes={piece.start}-{end}")
            return [] if content is None else _records(content)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(wanted, pool.map(read, wanted), strict=True))

    def _get(self, key: str, **options: Any) -> bytes | None:
        try:
            with translated("S3"):
                answer = self._s3.get_object(Bucket=self.bucket, Key=key, **options)
                return bytes(answer["Body"].read())
        except ClientError as error:
            if is_missing(error) or code_of(error) == "InvalidRange":
                return None
            raise


def _records(content: bytes) -> list[dict[str, Any]]:
    """The records of a piece; none if another file is there by now, which is cut elsewhere."""
    try:
        return [json.loads(line) for line in gzip.decompress(content).splitlines()]
    except (OSError, EOFError, ValueError, zlib.error):
        return []
