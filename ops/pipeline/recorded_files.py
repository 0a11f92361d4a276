"""The files of days: by their records, and by the executions that failed or run.

A day that has its report has all its records in one file, which is one request whatever the number
of files. The running day's are read one by one, side by side. What has no record is listed by
Step Functions under its status: no other execution is looked at.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline import layout, small_objects, times
from ops.pipeline.day import unfinished_of, without_record
from ops.pipeline.errors import code_of, message_of
from ops.pipeline.times import moment_of
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details

Record = dict[str, Any]
Place = tuple[str, str]
"""The key and the ETag of a record."""
Cache = dict[Place, Record]
STATUSES: Final = ("processed", "rejected", "failed", "running")
SORTS: Final[dict[str, Callable[[Record], Any] | None]] = {
    "key": None,
    "time": itemgetter("uploaded_at"),
    "size": lambda each: -(each["size_bytes"] or 0),
    "records": lambda each: -(each["records"] or 0),
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

    def select(self, rows: Iterable[Record]) -> Iterable[Record]:
        """Those that are looked for. What does not matter costs nothing: there may be 100,000."""
        if (prefix := self.prefix) is not None:
            rows = (each for each in rows if each["key"].startswith(prefix))
        if self.like is not None:
            like = self.like.lower()
            rows = (each for each in rows if like in each["key"].lower())
        if (status := self.status) is not None:
            rows = (each for each in rows if each["status"] == status)
        if (format_ := self.format) is not None:
            rows = (each for each in rows if each["format"] == format_)
        if (error := self.error) is not None:
            rows = (each for each in rows if error_of(each) == error)
        if (since := self.since) is not None:
            rows = (each for each in rows if moment_of(each["uploaded_at"]) >= since)
        return rows


def error_of(record: Record) -> str | None:
    """The code that a file was rejected with, or the error that it failed by."""
    code: str | None = (record.get("error") or {}).get("code")
    return code


def find_files(
    deployment: Deployment, dates: Iterable[str], wanted: FileFilter, sort: str = "key"
) -> list[Record]:
    """These days' files that are looked for, as records, in an order of `SORTS`."""
    found = (each for day in dates for each in wanted.select(files_of(deployment, day)))
    return in_order(by_key(found), sort)


def by_key(rows: Iterable[Record]) -> list[Record]:
    """Rows by key, the versions of one as they came."""
    return sorted(rows, key=itemgetter("key", "uploaded_at"))


def in_order(rows: Iterable[Record], sort: str) -> list[Record]:
    """Rows that come by key, in an order of `SORTS`; by key where they are equal in it."""
    key = SORTS[sort]
    return list(rows) if key is None else sorted(rows, key=key)


def days_since(since: datetime) -> list[str]:
    """The days from a moment to now, oldest first."""
    first, last = since.date(), date.fromisoformat(times.today())
    return [str(first + timedelta(days=day)) for day in range((last - first).days + 1)]


def files_of(
    deployment: Deployment,
    day: str,
    known: Cache | None = None,
    on_named: Callable[[list[Record]], None] | None = None,
) -> list[Record]:
    """Each file of a day as its record, also one that has none: it failed, or runs.

    `known` is as in `records_of`. Of the running day, `on_named` gets the files before their
    records are read, one by one: what their names say of them, and their `place` in `known`.
    """
    unfinished = unfinished_of(deployment, day)

    def tell(places: Sequence[Place]) -> None:
        if on_named is not None:
            on_named(_with_unfinished(day, _named(places), unfinished))

    # The records come last: what ends in between is then listed as done, and not twice.
    return _with_unfinished(day, records_of(deployment, day, known, tell), unfinished)


def _with_unfinished(
    day: str, records: Iterable[Record], unfinished: Sequence[Details]
) -> list[Record]:
    found = list(records)
    stems = {layout.record_stem(day, each["key"], each["version_id"]) for each in found}
    failed, in_flight = without_record(unfinished, stems.__contains__)
    return [
        *found,
        *(_unrecorded("failed", each) for each in failed),
        *(_unrecorded("running", each) for each in in_flight),
    ]


def _named(places: Iterable[Place]) -> Iterator[Record]:
    """What the names of records say; one that is a digest says nothing yet."""
    for place in places:
        rejected = place[0].endswith(layout.REJECTED)
        ending = layout.REJECTED if rejected else layout.PROCESSED
        identity = layout.identity_of(place[0].removesuffix(ending))
        if identity is not None:
            yield {
                **dict(zip(("key", "version_id"), identity, strict=True)),
                **dict.fromkeys(("format", "records", "size_bytes", "error")),
                "status": "rejected" if rejected else "processed",
                "uploaded_at": "",
                "place": place,
            }


def _unrecorded(status: str, details: Details) -> Record:
    """What a record would say of a file that has none, as far as it is known."""
    code = details.error or (details.status if status == "failed" else None)
    upload = details.upload
    return {
        **({"key": upload.key, "version_id": upload.version_id} if upload else {}),
        **({"size_bytes": upload.size, "uploaded_at": upload.time} if upload else {}),
        "status": status,
        "format": None,
        "records": None,
        "error": {"code": code, "message": message_of(details.cause)} if code else None,
        "execution_arn": details.arn,
    }


def records_of(
    deployment: Deployment,
    day: str,
    known: Cache | None = None,
    on_listed: Callable[[Sequence[Place]], None] = lambda _: None,
) -> Iterator[Record]:
    """The record of each file of a day, in no order; of the two of a version, the success.

    `known` keeps what was read one by one, so that whoever asks again reads what is new alone.
    `on_listed` gets the places of those, before they are read.
    """
    joined = _joined(deployment, day) if day < times.today() else None
    if joined is not None:
        return map(json.loads, gzip.decompress(joined).splitlines())
    return _single(deployment, day, {} if known is None else known, on_listed)


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


def _single(
    deployment: Deployment,
    day: str,
    known: Cache,
    on_listed: Callable[[Sequence[Place]], None],
) -> Iterator[Record]:
    body_of = small_objects.reader(deployment.clients.s3, deployment.reports_bucket)

    def read(place: Place) -> None:
        known[place] = json.loads(body_of(place[0]))

    wanted = _counting(_listed(deployment, day))
    on_listed(wanted)
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
