"""What goes at midnight: versions and uploads by lifecycle rules, old lines, old messages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from local import moto_backends
from local.s3 import lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

log = logging.getLogger(__name__)

AT_ONCE: Final = 1000
"""Versions that one request deletes (API reference, DeleteObjects)."""
DAY_SECONDS: Final = 86_400


class KeptRetention(Protocol):
    """Keeps what no request changed."""

    def messages_expired(self) -> None:
        """Messages are gone from queues."""

    def lines_expired(self, group: str, oldest: float) -> None:
        """A log group's lines from before that time, in milliseconds, are gone."""

    def objects_changed(self, bucket: Any, keys: Sequence[str]) -> None:
        """Versions of these keys are in another storage class."""


class Retention:
    """Carries out the retention of one account and region. `s3` makes a client of the endpoint."""

    def __init__(
        self,
        account_id: str,
        region: str,
        s3: Callable[[], Any],
        kept: KeptRetention | None,
    ) -> None:
        self._account_id = account_id
        self._region = region
        self._s3 = s3
        self._kept = kept

    def carry_out(self, now: datetime) -> None:
        """Remove what is due. A fault in one kind leaves the others, and the next night, alone."""
        for work in (self._objects, self._lines, self._messages):
            try:
                work(now)
            except Exception:
                log.exception("retention could not be carried out")

    def _objects(self, now: datetime) -> None:
        backend = moto_backends.s3(self._account_id, self._region)

        def tags_of(version: Any) -> dict[str, str]:
            found: dict[str, str] = backend.tagger.get_tag_dict_for_resource(version.arn)
            return found

        for bucket in list(backend.buckets.values()):
            due = list(lifecycle.due(bucket, now, tags_of))
            self._move(bucket, due)
            self._delete(bucket, [expired for work in due for expired in work.expired])
            for key, upload in lifecycle.abandoned(bucket, now):
                self._s3().abort_multipart_upload(Bucket=bucket.name, Key=key, UploadId=upload)

    def _move(self, bucket: Any, due: Sequence[lifecycle.Work]) -> None:
        moved = [work for work in due if work.moves]
        for version, storage_class in (move for work in moved for move in work.moves):
            version.set_storage_class(storage_class)
        if moved and self._kept is not None:
            self._kept.objects_changed(bucket, [work.key for work in moved])

    def _delete(self, bucket: Any, expired: Sequence[lifecycle.Expired]) -> None:
        objects = [
            {"Key": each.key} | ({"VersionId": each.version_id} if each.version_id else {})
            for each in expired
        ]
        for begin in range(0, len(objects), AT_ONCE):
            delete = {"Objects": objects[begin : begin + AT_ONCE], "Quiet": True}
            self._s3().delete_objects(Bucket=bucket.name, Delete=delete)

    def _lines(self, now: datetime) -> None:
        groups = moto_backends.logs(self._account_id, self._region).groups
        for group in list(groups.values()):
            if group.retention_in_days:
                age = int(group.retention_in_days) * DAY_SECONDS
                oldest = (now.timestamp() - age) * 1000
                if self._kept is not None:
                    self._kept.lines_expired(group.name, oldest)
                for stream in list(group.streams.values()):
                    stream.events[:] = [each for each in stream.events if each.timestamp >= oldest]

    def _messages(self, now: datetime) -> None:
        for queue in list(moto_backends.queues(self._account_id, self._region).queues.values()):
            oldest = (now.timestamp() - int(queue.message_retention_period)) * 1000
            with queue._messages_lock:  # noqa: SLF001 - moto has no other way to end a message
                messages = queue._messages  # noqa: SLF001 - as above
                messages[:] = [each for each in messages if each.sent_timestamp >= oldest]
        if self._kept is not None:
            self._kept.messages_expired()
