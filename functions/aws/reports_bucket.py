"""The reports bucket as the report needs it: records, summaries, reports."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws.contents import Contents
from functions.aws.day_files import CHANGED
from functions.aws.delivered_files import DeliveredFiles
from functions.aws.errors import code_of, is_missing, translated
from functions.aws.record_files import RecordFiles
from functions.aws.small_objects import CONNECTIONS
from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from mypy_boto3_s3 import S3Client

KINDS = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
A_MINUTE = timedelta(minutes=1)


class Reports(DeliveredFiles, Contents):
    """One reports bucket.

    `quick` reads a small object, or answers None where `s3` has to; `begun` is when the report
    began that keeps files there (ISO 8601).
    """

    def __init__(
        self,
        bucket: str,
        s3: S3Client,
        quick: Callable[[str], bytes | None] = lambda _: None,
        begun: str | None = None,
    ) -> None:
        super().__init__(bucket, s3, begun)
        self._quick = quick

    def records(self, record_keys: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The records at these keys, read side by side; success wins.

        A rejected record counts only while there is no processed one of its version, and one by an
        old name only while there is none by the new.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        wanted = [key for key in record_keys if not key.endswith("/")]
        shares = [wanted[place::CONNECTIONS] for place in range(CONNECTIONS)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for found in pool.map(self._each, filter(None, shares)):
                yield from found

    def has_record(self, date: str, key: str, version_id: str) -> bool:
        """Whether an object version is accounted for by a record."""
        return any(map(self._exists, keys.record_keys(date, key, version_id)))

    def acknowledged(self, date: str) -> list[dict[str, Any]]:
        """What was acknowledged on a day, in no order."""
        found = self._listed(Prefix=keys.acknowledged_prefix(date))
        with translated("S3"):
            return [dict(json.loads(self._body(key).read())) for key in found]

    def has_processed(self, date: str, prefix: str) -> bool:
        """Whether a day has a processed record of a file whose key begins with `prefix`."""
        return self._has(date, prefix, keys.is_processed)

    def has_rejected(self, date: str, prefix: str) -> bool:
        """Whether a day has a rejected record of a file whose key begins with `prefix`."""
        return self._has(date, prefix, keys.is_rejection)

    def _has(self, date: str, prefix: str, wanted: Callable[[str], bool]) -> bool:
        folder = keys.day_prefix(date)
        return any(map(wanted, self._listed(Prefix=f"{folder}{prefix}"))) or any(
            self._record_of(key)["key"].startswith(prefix)
            for key in self._listed(Prefix=folder, Delimiter="/")
            if wanted(key)
        )

    def _record_of(self, key: str) -> dict[str, Any]:
        """A record whose name is a digest, since its file's key is long: only it tells the key."""
        return dict(json.loads(self._body(key).read()))

    def _listed(self, **where: Any) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, **where)
        with translated("S3"):
            for page in pages:
                yield from (item["Key"] for item in page.get("Contents", ()))

    def has_records(self, date: str) -> bool:
        """Whether a day has any record."""
        with translated("S3"):
            answer = self._s3.list_objects_v2(
                Bucket=self.bucket, Prefix=keys.day_prefix(date), MaxKeys=1
            )
        return answer["KeyCount"] > 0

    def has_late_records(self, date: str, since: datetime) -> bool:
        """Whether a record of a day came late, since a moment.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        with translated("S3"):
            answer = self._s3.list_objects_v2(
                Bucket=self.bucket,
                Prefix=keys.late_prefix(date),
                StartAfter=keys.late_key(date, since - A_MINUTE),
                MaxKeys=1,
            )
        return answer["KeyCount"] > 0

    def without_record(self, date: str, files: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of these object versions, (key, version id), that have no record.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        wanted = list(files)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            there = pool.map(lambda file: self.has_record(date, *file), wanted)
            return {file for file, found in zip(wanted, there, strict=True) if not found}

    def any_record(self, date: str, files: Iterable[tuple[str, str]]) -> bool:
        """Whether any of these object versions, (key, version id), has a record.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return any(pool.map(lambda file: self.has_record(date, *file), files))

    def reported(self, first: str, last: str) -> dict[str, str]:
        """The days from one to another that have a report, with its ETag, in one listing.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        begin = keys.report_folder(first)
        with translated("S3"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=keys.DATED_REPORTS, StartAfter=begin
            )
            named = (
                (each["Key"], each["ETag"]) for page in pages for each in page.get("Contents", ())
            )
            ours = takewhile(lambda each: each[0] < f"{keys.report_folder(last)}~", named)
            found = {keys.reported_date(key): tag for key, tag in ours}
        return {date: tag for date, tag in found.items() if date is not None}

    def report(self, date: str) -> dict[str, Any] | None:
        """A day's report.json, or None."""
        found = self.tagged(keys.report_key(date, "json"))
        return None if found is None else found[0]

    def join_records(self, date: str, batch_keys: Iterable[str]) -> list[int]:
        """Make the file of a day's records of those of its batches; how many bytes each has.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        return RecordFiles(self.bucket, self._s3, self._begun).join(date, batch_keys)

    def tagged(self, key: str) -> tuple[dict[str, Any], str] | None:
        """A stored document and its ETag, or None."""
        try:
            with translated("S3"):
                answer = self._s3.get_object(Bucket=self.bucket, Key=key)
                return dict(json.loads(answer["Body"].read())), answer["ETag"]
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def replace(self, key: str, text: str, tag: str | None) -> bool:
        """Write JSON where what is stored has that ETag; whether it was so.

        Source: S3 user guide, "How to prevent object overwrites with conditional writes".
        """
        condition: Any = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        try:
            with translated("S3"):
                self._s3.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=text.encode(),
                    ContentType=KINDS["json"],
                    **condition,
                )
        except ClientError as error:
            if code_of(error) in CHANGED:
                return False
            raise
        return True

    def write(self, key: str, form: str, text: str) -> None:
        """Write one form of a report."""
        with translated("S3"):
            self._s3.put_object(
                Bucket=self.bucket, Key=key, Body=text.encode(), ContentType=KINDS[form]
            )

    def results(self, manifest_key: str) -> Iterator[dict[str, Any]]:
        """Every child's output of a Map Run, line by line.

        Raises:
            TransientError: S3 is busy or out of reach.
        """
        manifest = json.loads(self._body(manifest_key).read())
        for file in manifest["ResultFiles"]["SUCCEEDED"]:
            with translated("S3"):
                for line in self._body(file["Key"]).iter_lines():
                    if line:
                        yield json.loads(line)

    def _each(self, record_keys: Iterable[str]) -> list[dict[str, Any]]:
        """These records, one after the other: a thread's share, since handing over takes time."""
        found = map(self._record, record_keys)
        return [record for record in found if record is not None]

    def _record(self, key: str) -> dict[str, Any] | None:
        if any(map(self._exists, keys.superseding(key))):
            return None
        body = self._quick(key)
        if body is None:
            with translated("S3"):
                body = self._body(key).read()
        return dict(json.loads(body))

    def _body(self, key: str) -> Any:
        with translated("S3"):
            return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"]

    def _exists(self, key: str) -> bool:
        try:
            with translated("S3"):
                self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return True
