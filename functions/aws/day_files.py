"""What a report keeps of its day beside itself never goes back to what an earlier report knew.

Two reports of a day may be made at once: one that was asked for, and an old one that is redriven.
Each keeps the day's records and what later reports look at. Each file says when its report began
(`report_order`), and is written on condition that it is still the one that was looked at (S3 user
guide, "How to prevent object overwrites with conditional writes").
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.aws.errors import code_of, is_missing, translated
from functions.core.errors import TransientError
from functions.core.reporting.report_order import began_later

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

BEGUN: Final = "report-begun"
TRIES: Final = 25
CHANGED: Final = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "404"}
"""A conditional write that came too late: the object is another, is being written, or is gone."""


def keep(
    s3: S3Client, place: dict[str, str], begun: str | None, write: Callable[[dict[str, Any]], None]
) -> None:
    """Write the file at a place (Bucket, Key), unless a report that began later wrote it.

    `begun` is when this report began (ISO 8601). `write` is called with Metadata and a condition.

    Raises:
        TransientError: others kept on writing it, or S3 is busy or out of reach.
        ValueError: no report began.
    """
    if begun is None:
        raise ValueError("only a report keeps files of its day")
    for _ in range(TRIES):
        tag, other = _stored(s3, place)
        if other is not None and began_later(other, begun, datetime.now(UTC)):
            return
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        try:
            with translated("S3"):
                write({"Metadata": {BEGUN: begun}, **condition})
        except ClientError as error:
            if code_of(error) not in CHANGED:
                raise
        else:
            return
    raise TransientError(f"{place['Key']} is written by others all the time")


def _stored(s3: S3Client, place: dict[str, str]) -> tuple[str | None, str | None]:
    """The ETag of what is there, and when its report began; None where that is not known."""
    try:
        with translated("S3"):
            found = s3.head_object(Bucket=place["Bucket"], Key=place["Key"])
    except ClientError as error:
        if is_missing(error):
            return None, None
        raise
    return found["ETag"], found["Metadata"].get(BEGUN)
