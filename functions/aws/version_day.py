"""The day of an object version that could have two.

A version counts for the day of its event. Where a replay found no trace of a version, that day is
an assumption, the day of S3's LastModified; if the event was only late, it may say another, as that
of a multipart upload which was completed after midnight does. So whichever of the two comes first
writes down its day, and the other one finds it there (S3 user guide, "How to prevent object
overwrites with conditional writes"). Nothing is asked where the event and S3 name the same day,
but for a forced replay: it may name S3's day of a version that counts for its event's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from functions.aws.errors import code_of, is_missing, translated
from functions.core import keys
from functions.core.errors import TransientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from functions.aws.s3 import Content
    from functions.core.uploads import Upload

TAKEN: Final = {"PreconditionFailed", "ConditionalRequestConflict"}
"""The day is written down, or is being written."""


@dataclass(frozen=True)
class VersionDay:
    """Asked once some of the content was read, or could not be.

    `assumed` says that the event is a replay's whose time is that of S3's LastModified, `forced`
    that it counts what has its record already.
    """

    upload: Upload
    content: Content
    bucket: str
    s3: S3Client
    assumed: bool = False
    forced: bool = False

    def __call__(self) -> str:
        """The day for which the version counts, YYYY-MM-DD.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        key = keys.version_day_key(self.upload.key, self.upload.version_id)
        if self.content.stored_on == self.upload.date and not self.assumed:
            return (self._read(key) if self.forced else None) or self.upload.date
        if self._write(key):
            return self.upload.date
        found = self._read(key)
        if found is None:
            raise TransientError("the version's day is being written")
        return found

    def _write(self, key: str) -> bool:
        try:
            with translated("S3"):
                self.s3.put_object(
                    Bucket=self.bucket, Key=key, Body=self.upload.date.encode(), IfNoneMatch="*"
                )
        except ClientError as error:
            if code_of(error) in TAKEN:
                return False
            raise
        return True

    def _read(self, key: str) -> str | None:
        try:
            with translated("S3"):
                answer = self.s3.get_object(Bucket=self.bucket, Key=key)
                return bytes(answer["Body"].read()).decode()
        except ClientError as error:
            if is_missing(error):
                return None
            raise
