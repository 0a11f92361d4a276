"""The record of one object version: what became of it, and for which day it counts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import layout
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.uploads import Identity

NEXT: Final = timedelta(days=1)
EARLIER_DAYS: Final = 14
DOUBT: Final = timedelta(minutes=1)
"""S3 sends its event a moment before or after LastModified, and says both to the second."""


def find_record(
    deployment: Deployment, identity: Identity, stored: datetime
) -> dict[str, Any] | None:
    """The record of an object version that S3 stored then; None as long as it has none.

    A processed one wins over a rejected one, of whichever day. The day is not known from `stored`:
    a multipart upload is completed at any time after that. So the day of it and the next are looked
    at first, and then each that has records.
    """
    first = (stored - DOUBT).astimezone(UTC).date()
    near = [first.isoformat(), (first + NEXT).isoformat()]
    found = _best(_records(deployment, identity, near))
    if found is not None and found["status"] == "processed":
        return found
    later = [day for day in days_with_records(deployment, first) if day not in near]
    return _best([*([found] if found else []), *_records(deployment, identity, later)])


def find_earlier_record(
    deployment: Deployment, identity: Identity, stored: datetime
) -> dict[str, Any] | None:
    """The record of an object version whose event has a time of up to two weeks before S3's.

    S3 sends no such event; one that was played back for a past day may be (`tally demo`).
    """
    first = (stored - DOUBT).astimezone(UTC).date()
    days = [(first - ago * NEXT).isoformat() for ago in range(1, EARLIER_DAYS + 1)]
    return _best(_records(deployment, identity, days))


def duplicates_of(deployment: Deployment, date_: str) -> list[dict[str, Any]]:
    """The markers of the events of a UTC day that were ignored as duplicates.

    They lie beside the folders of the day's keys, so that the records are not listed for them.
    """
    s3, bucket = deployment.clients.s3, deployment.reports_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=layout.day_prefix(date_), Delimiter="/"
    )
    keys = (item["Key"] for page in pages for item in page.get("Contents", ()))

    def read(key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        return found

    return together(read, [key for key in keys if key.endswith(layout.DUPLICATE)])


def days_with_records(deployment: Deployment, first: date) -> list[str]:
    """The days from the first that have records, oldest first."""
    pages = deployment.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=deployment.reports_bucket,
        Prefix=layout.PROCESSED_PREFIX,
        Delimiter="/",
        StartAfter=layout.day_prefix((first - NEXT).isoformat()),
    )
    prefixes = (each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ()))
    days = (layout.date_of(prefix) for prefix in prefixes)
    return [day for day in days if day >= first.isoformat()]


def _best(found: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The processed one of an object version's records, or else the first."""
    return min(found, key=lambda record: record["status"] != "processed", default=None)


def _records(
    deployment: Deployment, identity: Identity, days: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """An object version's records of those days."""
    s3, bucket = deployment.clients.s3, deployment.reports_bucket
    stems = [stem(day, *identity) for day in days for stem in (layout.record_stem, layout.old_stem)]
    for stem in stems:
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{stem}.")
        for item in listed.get("Contents", ()):
            body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"]
            yield json.loads(body.read())
