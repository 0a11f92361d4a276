"""S3's events to EventBridge (S3 user guide, "EventBridge event message structure")."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.events.bus import Bus

NAMES = {
    "ObjectCreated": "Object Created",
    "ObjectRemoved": "Object Deleted",
    "ObjectTagging": "Object Tags Added",
    "ObjectAcl": "Object ACL Updated",
}
REASONS = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
    "Delete": "DeleteObject",
    "DeleteMarkerCreated": "DeleteObject",
}


class S3Events:
    """Tells the bus what happened to an object, in S3's words; keys are as they are."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._count = itertools.count(1)
        self._lock = threading.Lock()

    def tell(self, account_id: str, bucket: Any, event_name: str, key: Any) -> None:
        """Publish the event of one change to one object; the signature is moto's."""
        kind, _, what = str(getattr(event_name, "value", event_name))[3:].partition(":")
        if kind not in NAMES:
            return
        item = {"key": key.name, "size": key.size, "etag": key.etag.replace('"', "")}
        if bucket.versioning_status is not None:
            item["version-id"] = key.version_id
        detail = {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {**item, "sequencer": self._sequencer()},
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": REASONS.get(what, what),
        }
        self._bus.publish("aws.s3", NAMES[kind], detail, [bucket.arn])

    def _sequencer(self) -> str:
        """Greater than all before, when compared as text."""
        with self._lock:
            return f"{int(time.time()):08X}{next(self._count):010X}"
