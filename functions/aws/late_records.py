"""Markers of records that came after their day, so that the nightly plan need not list days.

A record is late if its function ended on a later day than that of its upload. The marker's name
is the minute: as many late records leave one a minute, and those since a moment are one LIST.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.aws.errors import translated
from functions.core import keys
from functions.core.errors import DuplicateEvent, InvalidFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

    from functions.core.uploads import Upload


@contextmanager
def marked_if_late(
    upload: Upload, bucket: str, s3: S3Client, *, answers_record: bool = True
) -> Iterator[None]:
    """Leave a marker where what is done inside leads to a record, and the upload's day is over.

    A rejection and a duplicate lead to one; an answer does unless `answers_record` is False.

    Raises:
        TransientError: S3 is busy or out of reach.
    """
    try:
        yield
    except (InvalidFile, DuplicateEvent):
        _mark(upload, bucket, s3)
        raise
    if answers_record:
        _mark(upload, bucket, s3)


def _mark(upload: Upload, bucket: str, s3: S3Client) -> None:
    now = datetime.now(UTC)
    if upload.date < now.date().isoformat():
        with translated("S3"):
            s3.put_object(Bucket=bucket, Key=keys.late_key(upload.date, now), Body=b"")
