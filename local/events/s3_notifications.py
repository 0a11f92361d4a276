"""S3's events to EventBridge (S3 user guide, "EventBridge event message structure")."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from local.events.bus import Bus

HeldEvent = tuple[str, dict[str, Any], str]
"""An event's detail type, its detail, and the ARN of the bucket."""

CREATED = "ObjectCreated"
NAMES = {
    CREATED: "Object Created",
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
        self._held = threading.local()

    @contextmanager
    def after_the_request(
        self, commit: AbstractContextManager[None] | None = None
    ) -> Iterator[None]:
        """Hold this thread's events back until the block ends, and publish them within `commit`.

        moto tells of an object before it has set its metadata, and who hears of it must find it
        whole. And of an upload in parts it tells three times, as of a PUT and of tags first, where
        S3 has one event: the last that says how an object version was made is published.
        """
        events: dict[tuple[str, str, str], HeldEvent] = {}
        self._held.events = events
        try:
            yield
        finally:
            self._held.events = None
            with commit or nullcontext():
                for event in events.values():
                    self._publish(*event)

    def _publish(self, detail_type: str, detail: dict[str, Any], bucket_arn: str) -> None:
        self._bus.publish("aws.s3", detail_type, detail, [bucket_arn])

    def object_changed(self, account_id: str, bucket: Any, event_name: str, key: Any) -> None:
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
        held = getattr(self._held, "events", None)
        if held is None:
            self._publish(NAMES[kind], detail, bucket.arn)
        else:
            version = (bucket.arn, key.name, str(key.version_id))
            if version not in held or kind == CREATED:
                held[version] = (NAMES[kind], detail, bucket.arn)

    def _sequencer(self) -> str:
        """Greater than all before, when compared as text."""
        with self._lock:
            return f"{int(time.time()):08X}{next(self._count):010X}"
