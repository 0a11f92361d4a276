"""Uploads as executions see them: S3's "Object Created" event, read and written."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline import layout

if TYPE_CHECKING:
    from datetime import datetime

    from ops.pipeline.deployment import Deployment

Identity = tuple[str, str]
"""What a file is known by everywhere: its key and its version id (design: one identity)."""

UNVERSIONED: Final = "null"
"""The version id of what was there before a bucket had versions (S3 user guide)."""
REPLAY: Final = "tally.replay"
"""The source of an event that an operator's replay made."""


@dataclass(frozen=True)
class Upload:
    """One object version and the moment of its upload (RFC 3339, UTC)."""

    bucket: str
    key: str
    version_id: str
    time: str
    size: int = 0
    etag: str = ""

    @property
    def identity(self) -> Identity:
        """Its key and version id."""
        return self.key, self.version_id

    @property
    def date(self) -> str:
        """The UTC day that it counts for, YYYY-MM-DD."""
        return self.time[:10]

    @property
    def stem(self) -> str:
        """What the keys of its records begin with."""
        return layout.record_stem(self.date, self.key, self.version_id)


def upload_of(text: str | None) -> Upload | None:
    """The upload that an execution's input, or an event, is about; None for anything else."""
    try:
        return _read(json.loads(text or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _read(event: dict[str, Any]) -> Upload:
    item = event["detail"]["object"]
    return Upload(
        bucket=str(event["detail"]["bucket"]["name"]),
        key=_stated(item["key"]),
        version_id=_stated(item.get("version-id", UNVERSIONED)),
        time=_stated(event["time"]),
        size=int(item.get("size", 0)),
        etag=item.get("etag", ""),
    )


def is_replay(text: str | None) -> bool:
    """Whether an execution's input is a `replay_event`."""
    try:
        return bool(json.loads(text or "")["source"] == REPLAY)
    except (ValueError, KeyError, TypeError):
        return False


def _stated(given: Any) -> str:
    """A text of an event that anybody may have sent.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(given, str):
        raise TypeError(f"not a text: {given!r}")
    return given


def replay_event(
    upload: Upload, deployment: Deployment, *, force: bool = True, day_assumed: bool = False
) -> dict[str, Any]:
    """The input of a new execution for that object version; `force` counts what was counted.

    `day_assumed` says that nothing but S3's LastModified names its day: should its event come
    after all and name another, only the first of the two counts it.

    It is shaped as S3's own event (EventBridge guide, "Amazon S3 events"), with the time of the
    upload, so that the record lands in the same day as before.
    """
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Object Created",
        "source": REPLAY,
        "account": deployment.process_file.split(":")[4],
        "time": upload.time,
        "region": deployment.region,
        "resources": [f"arn:aws:s3:::{upload.bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": upload.bucket},
            "object": {
                "key": upload.key,
                "size": upload.size,
                "etag": upload.etag,
                "version-id": upload.version_id,
            },
            "reason": "Replay",
        },
        "force": force,
        "day_assumed": day_assumed,
    }


def event_time(moment: datetime) -> str:
    """A moment as events tell it: whole seconds, in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
