"""What a bucket's lifecycle rules do by a moment, as S3 does it each midnight (UTC).

Source: S3 user guide, "Lifecycle configuration elements", "Expiring objects", "Transitioning
objects": to delete for good comes before a change of the storage class, and that goes down the
waterfall of classes only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from moto.s3.models import FakeDeleteMarker

from local.s3.lifecycle_rules import Rule, midnight_after, rule_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    TagsOf = Callable[[Any], Mapping[str, str]]

WATERFALL: Final = (
    *("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER"),
    "DEEP_ARCHIVE",
)
"""Storage classes, from each of which objects move to later ones (user guide, "Supported
transitions")."""


@dataclass(frozen=True)
class Expired:
    """A version to delete; without an id the current one, which a versioned bucket hides."""

    key: str
    version_id: str | None = None


@dataclass
class Work:
    """What is to be done to the versions of one key."""

    key: str
    hides: bool = False
    deletes: list[str] = field(default_factory=list)
    moves: list[tuple[Any, str]] = field(default_factory=list)
    """moto's versions, each with its new storage class."""

    @property
    def expired(self) -> list[Expired]:
        """What to delete, in the order of the versions."""
        current = [Expired(self.key)] if self.hides else []
        return current + [Expired(self.key, version_id) for version_id in self.deletes]


@dataclass(frozen=True)
class _Version:
    """One version of a key: since when it is current or noncurrent, and how many follow it."""

    moto: Any
    tags: Mapping[str, str]
    since: datetime
    newer: int
    is_current: bool
    is_alone: bool

    @property
    def is_marker(self) -> bool:
        return isinstance(self.moto, FakeDeleteMarker)

    @property
    def size(self) -> int:
        return 0 if self.is_marker else int(self.moto.size)


def rules_of(bucket: Any) -> list[Rule]:
    """The bucket's rules that are enabled."""
    found = (rule_of(getattr(rule, "given", None) or _given(rule)) for rule in bucket.rules)
    return [rule for rule in found if rule is not None]


def due(bucket: Any, now: datetime, tags_of: TagsOf) -> Iterator[Work]:
    """What is to be done to the keys that a rule is about."""
    rules = rules_of(bucket)
    for key in bucket.keys.names() if rules else ():
        near = [rule for rule in rules if key.startswith(rule.scope.prefix)]
        work = _of_key(key, near, list(bucket.keys.getlist(key, [])) if near else [], now, tags_of)
        if work.hides or work.deletes or work.moves:
            yield work


def abandoned(bucket: Any, now: datetime) -> Iterator[tuple[str, str]]:
    """Key and id of the uploads in parts that were not completed in time."""
    for rule in rules_of(bucket):
        if rule.upload_days is None:
            continue
        for name, upload in list(bucket.multiparts.items()):
            is_due = now >= midnight_after(upload.initiated, rule.upload_days)
            if is_due and upload.key_name.startswith(rule.scope.prefix):
                yield upload.key_name, name


def _of_key(
    key: str, rules: Sequence[Rule], versions: Sequence[Any], now: datetime, tags_of: TagsOf
) -> Work:
    work = Work(key)
    for version in _versions(versions, tags_of):
        own = [rule for rule in rules if rule.scope.has(key, version.size, version.tags)]
        if any(_hides(rule, version, now) for rule in own):
            work.hides = True
        if any(_deletes(rule, version, now) for rule in own):
            work.deletes.append(version.moto.version_id)
        elif not version.is_marker and (moved := _moved(own, version, now)):
            work.moves.append((version.moto, moved))
    return work


def _versions(versions: Sequence[Any], tags_of: TagsOf) -> Iterator[_Version]:
    """Oldest first; a version is noncurrent since its successor was made."""
    last = len(versions) - 1
    for place, each in enumerate(versions):
        begun = each if place == last else versions[place + 1]
        yield _Version(
            each,
            {} if isinstance(each, FakeDeleteMarker) else tags_of(each),
            begun.last_modified,
            newer=max(0, last - place - 1),
            is_current=place == last,
            is_alone=last == 0,
        )


def _hides(rule: Rule, version: _Version, now: datetime) -> bool:
    return version.is_current and not version.is_marker and rule.expires.is_due(version.since, now)


def _deletes(rule: Rule, version: _Version, now: datetime) -> bool:
    """For good: a noncurrent version, or a marker that hides nothing any more.

    An expiration by days removes such a marker, too, once that is as old.
    """
    if not version.is_current:
        return rule.noncurrent_expires.is_due(version.since, now, version.newer)
    bare = version.is_marker and version.is_alone
    return bare and (rule.removes_markers or rule.expires.is_due(version.since, now))


def _moved(rules: Sequence[Rule], version: _Version, now: datetime) -> str | None:
    """The storage class that a version goes to: of those that are due the last of the waterfall."""
    classes = [
        move.storage_class
        for rule in rules
        if version.size >= rule.scope.moves_from
        for move in (rule.moves if version.is_current else rule.noncurrent_moves)
        if move.when.is_due(version.since, now, version.newer)
    ]
    now_at = _place(version.moto.storage_class or "STANDARD")
    last = max(classes, key=_place, default=None)
    return last if last is not None and _place(last) > now_at else None


def _place(storage_class: str) -> int:
    return WATERFALL.index(storage_class) if storage_class in WATERFALL else 0


def _given(rule: Any) -> dict[str, Any]:
    """A rule of an older folder, of which only moto's fields are there."""
    both = getattr(rule.filter, "and_filter", None)
    tags = dict(getattr(both, "tags", None) or {})
    if getattr(rule.filter, "tag_key", None):
        tags[rule.filter.tag_key] = rule.filter.tag_value
    prefix = rule.prefix or getattr(rule.filter, "prefix", None) or getattr(both, "prefix", None)
    return {
        "Status": rule.status,
        "Filter": {
            "Prefix": prefix,
            "Tag": [{"Key": name, "Value": value} for name, value in tags.items()],
        },
        "Expiration": {
            "Days": rule.expiration_days,
            "Date": rule.expiration_date,
            "ExpiredObjectDeleteMarker": rule.expired_object_delete_marker,
        },
        "NoncurrentVersionExpiration": {"NoncurrentDays": rule.nve_noncurrent_days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": rule.aimu_days},
    }
