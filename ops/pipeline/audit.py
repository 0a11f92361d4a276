"""Does every object version have its record, and every record its object version?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import layout, times
from ops.pipeline.day import day, record_keys
from ops.pipeline.ignored_keys import is_ignored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ops.pipeline.deployment import Deployment

DOUBT: Final = timedelta(minutes=1)
"""A record's day is that of the event, which S3 sends a moment after it stored the object."""


@dataclass(frozen=True)
class Version:
    """One object version of the raw bucket, and why it has no record."""

    key: str
    version_id: str
    stored: datetime
    why: str = ""

    def to_json(self) -> dict[str, str]:
        """For programs."""
        return {
            "key": self.key,
            "version_id": self.version_id,
            "stored": self.stored.isoformat(),
            "why": self.why,
        }


@dataclass(frozen=True)
class Audit:
    """What was found. `extra` are keys of records whose object version is not there (any more)."""

    date: str
    versions: int
    records: int
    missing: tuple[Version, ...]
    extra: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is missing and nothing extra."""
        return not (self.missing or self.extra)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "date": self.date,
            "versions": self.versions,
            "records": self.records,
            "missing": [each.to_json() for each in self.missing],
            "extra": list(self.extra),
        }


def audit(deployment: Deployment, date: str) -> Audit:
    """Hold the raw bucket's versions of one UTC day against the records of that day."""
    begin = times.start_of(date)
    end = begin + timedelta(days=1)
    near = [
        each
        for each in versions(deployment)
        if begin - DOUBT <= each.stored < end + DOUBT
        if not is_ignored(each.key, deployment.ignored_keys)
    ]
    stems = set(_stems(record_keys(deployment, date)))
    missing = [
        each
        for each in near
        if begin <= each.stored < end
        and layout.record_stem(date, each.key, each.version_id) not in stems
        and not _on_the_other_day(deployment, each, begin, end)
    ]
    there = {layout.record_stem(date, each.key, each.version_id) for each in near}
    return Audit(
        date=date,
        versions=sum(begin <= each.stored < end for each in near),
        records=len(stems),
        missing=tuple(_explained(deployment, date, missing)),
        extra=tuple(sorted(stems - there)),
    )


def versions(deployment: Deployment) -> Iterator[Version]:
    """Every object version of the raw bucket; what was deleted is one still, its marker is none."""
    pages = deployment.clients.s3.get_paginator("list_object_versions").paginate(
        Bucket=deployment.raw_bucket
    )
    for page in pages:
        for item in page.get("Versions", ()):
            yield Version(item["Key"], item["VersionId"], item["LastModified"])


def _stems(keys: Iterator[str]) -> Iterator[str]:
    found = layout.recorded(keys)
    yield from found.processed
    yield from found.rejected


def _on_the_other_day(
    deployment: Deployment, version: Version, begin: datetime, end: datetime
) -> bool:
    """Whether a version stored about midnight has its record in the day beside."""
    if begin + DOUBT <= version.stored < end - DOUBT:
        return False
    other = version.stored + (DOUBT if version.stored >= end - DOUBT else -DOUBT)
    stem = layout.record_stem(other.date().isoformat(), version.key, version.version_id)
    found = deployment.clients.s3.list_objects_v2(
        Bucket=deployment.reports_bucket, Prefix=stem, MaxKeys=1
    )
    return found.get("KeyCount", 0) > 0


def _explained(deployment: Deployment, date: str, missing: list[Version]) -> Iterator[Version]:
    """Say of each whether its execution failed, runs, or never was."""
    if not missing:
        return
    now = day(deployment, date)
    known = {
        (each.upload.key, each.upload.version_id): why
        for why, found in (("failed", now.failed), ("in flight", now.in_flight))
        for each in found
        if each.upload
    }
    for each in missing:
        why = known.get((each.key, each.version_id), "no execution")
        yield Version(each.key, each.version_id, each.stored, why)
