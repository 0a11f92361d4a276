"""What a bucket's lifecycle rules delete by a moment, as S3 does each midnight (UTC).

Source: S3 user guide, "Lifecycle configuration elements" and "Expiring objects". Rules with a tag
in their filter are not carried out: nothing of Tally's has one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from moto.s3.models import FakeDeleteMarker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Expired:
    """A version to delete; without an id the current one, which a versioned bucket hides."""

    key: str
    version_id: str | None = None


@dataclass(frozen=True)
class Rule:
    """What moto has of an enabled rule, as numbers of days and moments; None: it does not say."""

    prefix: str
    days: int | None
    date: datetime | None
    noncurrent_days: int | None
    upload_days: int | None
    removes_markers: bool

    def has_expired(self, version: Any, now: datetime) -> bool:
        """Whether a current version is to go."""
        if self.date is not None and now >= self.date:
            return True
        return self.days is not None and now >= midnight_after(version.last_modified, self.days)


def rules_of(bucket: Any) -> list[Rule]:
    """The rules that are carried out."""
    enabled = [rule for rule in bucket.rules if rule.status == "Enabled" and not _is_picky(rule)]
    return [
        Rule(
            prefix=_prefix(rule),
            days=_number(rule.expiration_days),
            date=_moment(rule.expiration_date),
            noncurrent_days=_number(rule.nve_noncurrent_days),
            upload_days=_number(rule.aimu_days),
            removes_markers=str(rule.expired_object_delete_marker).lower() == "true",
        )
        for rule in enabled
    ]


def expired(bucket: Any, now: datetime) -> Iterator[Expired]:
    """The versions that are due, of all keys that a rule is about."""
    rules = rules_of(bucket)
    for key in bucket.keys.names() if rules else ():
        versions: Sequence[Any] = list(bucket.keys.getlist(key, []))
        for rule in rules:
            if versions and key.startswith(rule.prefix):
                found = list(_of_key(rule, versions, now))
                yield from (Expired(key, version_id) for version_id in found)
                if found:
                    break


def abandoned(bucket: Any, now: datetime) -> Iterator[tuple[str, str]]:
    """Key and id of the uploads in parts that were not completed in time."""
    for rule in rules_of(bucket):
        if rule.upload_days is None:
            continue
        for name, upload in list(bucket.multiparts.items()):
            due = midnight_after(upload.initiated, rule.upload_days)
            if upload.key_name.startswith(rule.prefix) and now >= due:
                yield upload.key_name, name


def midnight_after(begin: datetime, days: int) -> datetime:
    """When what began at that moment is so many days old, as S3 rounds it."""
    begin = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
    return (begin + (days + 1) * DAY - timedelta(microseconds=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )


def _of_key(rule: Rule, versions: Sequence[Any], now: datetime) -> Iterator[str | None]:
    *older, current = versions
    is_marker = isinstance(current, FakeDeleteMarker)
    if not is_marker and rule.has_expired(current, now):
        yield None
    if is_marker and not older and rule.removes_markers:
        yield current.version_id
    if rule.noncurrent_days is not None:
        for version, successor in itertools.pairwise(versions):
            if now >= midnight_after(successor.last_modified, rule.noncurrent_days):
                yield version.version_id


def _is_picky(rule: Any) -> bool:
    both = getattr(rule.filter, "and_filter", None)
    return bool(getattr(rule.filter, "tag_key", None) or getattr(both, "tags", None))


def _prefix(rule: Any) -> str:
    both = getattr(rule.filter, "and_filter", None)
    found = rule.prefix or getattr(rule.filter, "prefix", None) or getattr(both, "prefix", None)
    return str(found or "")


def _number(text: Any) -> int | None:
    return None if text is None else int(text)


def _moment(text: Any) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text)).astimezone(UTC)
