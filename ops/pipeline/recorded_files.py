"""The files of days, by their records.

A day that has its report has all its records in one file, which is one request whatever the number
of files. The running day's are read one by one, side by side.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline import layout, times
from ops.pipeline.errors import code_of
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ops.pipeline.deployment import Deployment

Record = dict[str, Any]
Place = tuple[str, str]
"""The key and the ETag of a record."""
Cache = dict[Place, Record]
STATUSES: Final = ("processed", "rejected")
SORTS: Final[dict[str, Callable[[Record], Any]]] = {
    "key": lambda each: (each["key"], each["uploaded_at"]),
    "time": lambda each: (each["uploaded_at"], each["key"]),
    "size": lambda each: (-each["size_bytes"], each["key"]),
    "records": lambda each: (-(each["records"] or 0), each["key"]),
}
"""How files can be put in order: by name, by arrival, the largest first, most records first."""


@dataclass(frozen=True, kw_only=True)
class FileFilter:
    """Which files are looked for; what is None does not matter. `like` is any part of the key."""

    prefix: str | None = None
    status: str | None = None
    format: str | None = None
    error: str | None = None
    like: str | None = None
    since: datetime | None = None

    def matches(self, record: Record) -> bool:
        """Whether a file is one of them."""
        key = record["key"]
        return (
            key.startswith(self.prefix or "")
            and (self.like or "").lower() in key.lower()
            and self.status in {None, record["status"]}
            and self.format in {None, record["format"]}
            and self.error in {None, error_of(record)}
            and (self.since is None or datetime.fromisoformat(record["uploaded_at"]) >= self.since)
        )


def error_of(record: Record) -> str | None:
    """The code that a file was rejected with."""
    return record["error"]["code"] if record["status"] == "rejected" else None


def find_files(
    deployment: Deployment, dates: Iterable[str], wanted: FileFilter, sort: str = "key"
) -> list[Record]:
    """The records of these days' files that are looked for, in an order of `SORTS`."""
    found = (each for day in dates for each in records_of(deployment, day) if wanted.matches(each))
    return sorted(found, key=SORTS[sort])


def days_since(since: datetime) -> list[str]:
    """The days from a moment to now, oldest first."""
    first, last = since.date(), date.fromisoformat(times.today())
    return [str(first + timedelta(days=day)) for day in range((last - first).days + 1)]


def records_of(deployment: Deployment, day: str, known: Cache | None = None) -> Iterator[Record]:
    """The record of each file of a day, in no order; of the two of a version, the success.

    `known` keeps what was read one by one, so that whoever asks again reads what is new alone.
    """
    joined = _joined(deployment, day) if day < times.today() else None
    if joined is not None:
        return map(json.loads, gzip.decompress(joined).splitlines())
    return _single(deployment, day, {} if known is None else known)


def _joined(deployment: Deployment, day: str) -> bytes | None:
    """The file of a day's records; None as long as no report made it."""
    try:
        found = deployment.clients.s3.get_object(
            Bucket=deployment.reports_bucket, Key=layout.records_key(day)
        )
        return found["Body"].read()
    except ClientError as error:
        if code_of(error) not in {"NoSuchKey", "404"}:
            raise
        return None


def _single(deployment: Deployment, day: str, known: Cache) -> Iterator[Record]:
    s3, bucket = deployment.clients.s3, deployment.reports_bucket

    def read(place: Place) -> None:
        body = s3.get_object(Bucket=bucket, Key=place[0])["Body"].read()
        known[place] = json.loads(body)

    wanted = _counting(_listed(deployment, day))
    together(read, [each for each in wanted if each not in known])
    found = (known[each] for each in wanted)
    # By the name of before 2026-11 and by today's, a version may have two: they say the same.
    return iter({(each["key"], each["version_id"]): each for each in found}.values())


def _listed(deployment: Deployment, day: str) -> list[Place]:
    pages = deployment.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=deployment.reports_bucket, Prefix=layout.day_prefix(day)
    )
    found = [(item["Key"], item["ETag"]) for page in pages for item in page.get("Contents", ())]
    return [each for each in found if not each[0].endswith(layout.DUPLICATE)]


def _counting(listed: list[Place]) -> list[Place]:
    """All but the rejections beside a success."""

    def stem(key: str) -> str:
        ending = layout.REJECTED if key.endswith(layout.REJECTED) else layout.PROCESSED
        return layout.current_stem(key.removesuffix(ending))

    good = {stem(key) for key, _ in listed if not key.endswith(layout.REJECTED)}
    return [
        place
        for place in listed
        if not place[0].endswith(layout.REJECTED) or stem(place[0]) not in good
    ]
