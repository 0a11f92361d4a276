"""The upload that an execution is about, read from S3's event.

The event is whatever the execution was started with: S3's own, a replay's, or something typed by
hand. So it is checked by type and form before anything is done with it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

UNVERSIONED: Final = "null"
"""The version id of an object in a bucket without versioning (S3 user guide)."""

NO_KEY: Final = "(no key)"
VERSION: Final = re.compile(r"[A-Za-z0-9._~-]{1,1024}")
"""A version id as S3 makes them: URL-ready, 1,024 bytes at most (S3 guide, "Version IDs")."""

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
"""A moment as EventBridge writes it (RFC 3339, in UTC)."""


@dataclass(frozen=True)
class Upload:
    """One object version; `uploaded_at` is the event's time (RFC 3339, UTC)."""

    bucket: str
    key: str
    version_id: str
    etag: str
    size_bytes: int
    uploaded_at: str

    @property
    def date(self) -> str:
        """The UTC day of the upload, YYYY-MM-DD."""
        return self.uploaded_at[:10]

    def record_key(self, *, rejected: bool = False) -> str:
        """Where its record lies."""
        return keys.record_key(self.date, self.key, self.version_id, rejected=rejected)

    def to_json(self) -> dict[str, Any]:
        """As one state hands it to the next."""
        return asdict(self)


def read_event(event: Any, execution_arn: str, started_at: str) -> tuple[Upload, str | None]:
    """The upload of an "Object Created" event, and what is wrong with the event; None if nothing.

    The key is not URL-encoded. Of a bad event as much is taken as it tells; the execution stands
    for the rest, so that its rejection has a key of its own, on the day that it started.
    """
    detail = _object(_object(event).get("detail"))
    bucket, item = _object(detail.get("bucket")).get("name"), _object(detail.get("object"))
    key, version = item.get("key"), item.get("version-id", UNVERSIONED)
    time, etag, size = _object(event).get("time"), item.get("etag", ""), item.get("size")
    wrong = next(_problems(bucket, key, version, size, time), None)
    own = f"event-{hashlib.sha256(execution_arn.encode()).hexdigest()[:16]}"
    upload = Upload(
        bucket=bucket if isinstance(bucket, str) else "",
        key=_text(key) or NO_KEY,
        version_id=version if _is_version(version) and _is_key(key) else own,
        etag=etag if isinstance(etag, str) else "",
        size_bytes=size if _is_size(size) else 0,
        uploaded_at=time if _is_time(time) else started_at,
    )
    return upload, wrong


def _problems(bucket: Any, key: Any, version: Any, size: Any, time: Any) -> Iterator[str]:
    if not isinstance(bucket, str) or not bucket:
        yield "detail.bucket.name is no text"
    if not _is_key(key):
        yield f"detail.object.key is no text of 1 to {keys.KEY_LIMIT_BYTES:,} bytes"
    if not _is_version(version):
        yield "detail.object.version-id is no version id"
    if not _is_size(size):
        yield "detail.object.size is no number of bytes"
    if not _is_time(time):
        yield "time is no moment such as 2026-11-22T10:00:00Z"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """A text that UTF-8 can hold and a key can be; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace")[: keys.KEY_LIMIT_BYTES].decode(errors="ignore")


def _is_key(value: Any) -> bool:
    return value != "" and isinstance(value, str) and value == _text(value)


def _is_version(value: Any) -> bool:
    return isinstance(value, str) and VERSION.fullmatch(value) is not None


def _is_size(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_time(value: Any) -> TypeGuard[str]:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
