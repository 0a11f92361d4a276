"""The upload that an execution is about, read from S3's event."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from functions.core import keys
from functions.core.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

UNVERSIONED = "null"
"""The version id of an object in a bucket without versioning (S3 user guide)."""


@dataclass(frozen=True)
class Upload:
    """One object version; `uploaded_at` is the event's time (RFC 3339, UTC)."""

    bucket: str
    key: str
    version_id: str
    etag: str
    size_bytes: int
    uploaded_at: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Upload:
        """Read an "Object Created" event; its key is not URL-encoded.

        Raises:
            InvalidRequest: something in it is missing.
        """
        try:
            item = event["detail"]["object"]
            return cls(
                bucket=event["detail"]["bucket"]["name"],
                key=item["key"],
                version_id=item.get("version-id", UNVERSIONED),
                etag=item.get("etag", ""),
                size_bytes=int(item.get("size", 0)),
                uploaded_at=event["time"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidRequest(f"not an S3 'Object Created' event: {error!r}") from error

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
