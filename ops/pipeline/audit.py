"""Does every object version have its record, and every record its object version?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ops.pipeline import layout, times
from ops.pipeline.day import day, record_keys
from ops.pipeline.ignored_keys import is_ignored
from ops.pipeline.object_versions import all_versions
from ops.pipeline.records import DOUBT
from ops.pipeline.shell import command, replay_command
from ops.pipeline.traces import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.pipeline.day import Day
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.object_versions import StoredVersion
    from ops.pipeline.uploads import Upload


@dataclass(frozen=True)
class Missing:
    """An object version without a record: why, and what to do about it.

    `time` is that of its event; where nothing says it (`assumed`), when S3 stored the version.
    """

    key: str
    version_id: str
    time: str
    why: str
    instead: str
    assumed: bool = False

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "key": self.key,
            "version_id": self.version_id,
            "uploaded_at": self.time,
            "assumed": self.assumed,
            "why": self.why,
            "instead": self.instead,
        }


@dataclass(frozen=True)
class Audit:
    """What was found. `extra` are keys of records whose object version is not there (any more)."""

    date: str
    versions: int
    """Object versions whose day it is: those with a record of it, and the missing ones."""
    records: int
    missing: tuple[Missing, ...]
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
    """Hold the raw bucket's object versions against the records of one UTC day.

    A version's day is that of its event, which may be any day from that on which S3 says that it
    was stored: a record of the day may be that of an older version, and one that was stored on the
    day may have its record in a later one. What has no trace is missing on the day of its storing.
    """
    stems, extra, untraced = _compared(deployment, date)
    unfinished = tuple(_unfinished(day(deployment, date)))
    known = {(each.key, each.version_id) for each in unfinished}
    traces = look_up(deployment, [each for each in untraced if each.identity not in known])
    never = (_never(trace.upload) for trace in traces if trace.state == "unknown")
    missing = (*unfinished, *never)
    return Audit(
        date=date,
        versions=len(stems) - len(extra) + len(missing),
        records=len(stems),
        missing=missing,
        extra=tuple(sorted(extra)),
    )


def _compared(
    deployment: Deployment, date: str
) -> tuple[frozenset[str], set[str], list[StoredVersion]]:
    """The day's records, those without a version, and the day's versions without one of these.

    The rejection of a bad event names no version, and is passed over.
    """
    begin = times.start_of(date)
    end = begin + timedelta(days=1)
    recorded = layout.recorded(record_keys(deployment, date))
    stems = frozenset(filter(layout.names_version, recorded.processed | recorded.rejected))
    extra = set(stems)
    untraced: list[StoredVersion] = []
    for each in all_versions(deployment):
        if each.stored >= end + DOUBT or is_ignored(each.key, deployment.ignored_keys):
            continue
        stem = layout.record_stem(date, *each.identity)
        extra.discard(stem)
        if stem not in stems and begin <= each.stored < end:
            untraced.append(each)
    return stems, extra, untraced


def _unfinished(now: Day) -> Iterator[Missing]:
    """What failed is redriven, what runs is waited for."""
    for details in now.failed:
        if details.upload is not None:
            again = command("redrive", names=(details.name,))
            yield _missing(details.upload, "failed", again)
    for details in now.in_flight:
        if details.upload is not None:
            yield _missing(details.upload, "in flight", "wait for it")


def _never(upload: Upload) -> Missing:
    again = replay_command(upload.identity)
    return replace(_missing(upload, "no execution", again), assumed=True)


def _missing(upload: Upload, why: str, instead: str) -> Missing:
    return Missing(upload.key, upload.version_id, upload.time, why, instead)
