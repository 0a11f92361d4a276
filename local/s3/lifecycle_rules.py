"""Lifecycle rules as they were put, read into numbers and moments.

Source: S3 user guide, "Lifecycle configuration elements", and the API's LifecycleRule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY: Final = timedelta(days=1)
LEAST_MOVED_BYTES: Final = 128 * 1024
"""Smaller objects stay in their class, unless the rule's filter names a size (the default since
September 2024)."""


@dataclass(frozen=True)
class Scope:
    """What a rule is about: keys below a prefix, with these tags, larger and smaller than that."""

    prefix: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    larger: int | None = None
    smaller: int | None = None

    def has(self, key: str, size: int, tags: Mapping[str, str]) -> bool:
        """Whether a version is one of those; a delete marker has no size and no tags."""
        return (
            key.startswith(self.prefix)
            and all(tags.get(name) == value for name, value in self.tags)
            and (self.larger is None or size > self.larger)
            and (self.smaller is None or size < self.smaller)
        )

    @property
    def moves_from(self) -> int:
        """The size in bytes from which on objects change their class."""
        return LEAST_MOVED_BYTES if self.larger is None and self.smaller is None else 0


@dataclass(frozen=True)
class Due:
    """When something is done: so many days after a begin, or at a moment.

    And only to versions that so many newer noncurrent ones follow.
    """

    days: int | None = None
    date: datetime | None = None
    newer: int = 0

    def is_due(self, begin: datetime, now: datetime, newer: int = 0) -> bool:
        """Whether the moment has come for what began then."""
        if newer < self.newer:
            return False
        if self.date is not None and now >= self.date:
            return True
        return self.days is not None and now >= midnight_after(begin, self.days)


@dataclass(frozen=True)
class Move:
    """A transition to a storage class."""

    when: Due
    storage_class: str


NEVER: Final = Due()


@dataclass(frozen=True)
class Rule:
    """An enabled rule."""

    scope: Scope
    expires: Due = NEVER
    noncurrent_expires: Due = NEVER
    moves: tuple[Move, ...] = ()
    noncurrent_moves: tuple[Move, ...] = ()
    upload_days: int | None = None
    removes_markers: bool = False


def rule_of(given: Mapping[str, Any]) -> Rule | None:
    """The rule of one element of the configuration; None for one that is off."""
    if given.get("Status") != "Enabled":
        return None
    expiration = given.get("Expiration") or {}
    upload = given.get("AbortIncompleteMultipartUpload") or {}
    return Rule(
        scope=_scope(given),
        expires=_due(expiration),
        noncurrent_expires=_due(given.get("NoncurrentVersionExpiration") or {}),
        moves=_moves(given.get("Transition")),
        noncurrent_moves=_moves(given.get("NoncurrentVersionTransition")),
        upload_days=_number(upload.get("DaysAfterInitiation")),
        removes_markers=str(expiration.get("ExpiredObjectDeleteMarker")).lower() == "true",
    )


def midnight_after(begin: datetime, days: int) -> datetime:
    """When what began at that moment is so many days old, as S3 rounds it."""
    begin = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
    return (begin + (days + 1) * DAY - timedelta(microseconds=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )


def _scope(given: Mapping[str, Any]) -> Scope:
    chosen = given.get("Filter") or {}
    both = {**chosen, **(chosen.get("And") or {})}
    tags = [(each["Key"], each.get("Value") or "") for each in listed(both.get("Tag"))]
    return Scope(
        prefix=given.get("Prefix") or both.get("Prefix") or "",
        tags=tuple(tags),
        larger=_number(both.get("ObjectSizeGreaterThan")),
        smaller=_number(both.get("ObjectSizeLessThan")),
    )


def _due(given: Mapping[str, Any]) -> Due:
    date = given.get("Date")
    days = given.get("Days", given.get("NoncurrentDays"))
    moment = None if date is None else datetime.fromisoformat(str(date))
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Due(_number(days), moment, _number(given.get("NewerNoncurrentVersions")) or 0)


def _moves(given: Any) -> tuple[Move, ...]:
    return tuple(Move(_due(each), str(each["StorageClass"])) for each in listed(given))


def listed(given: Any) -> list[Any]:
    """Elements of XML that are several, one or none."""
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _number(text: Any) -> int | None:
    return None if text is None else int(text)
