"""What goes at midnight: versions and uploads by lifecycle rules, old lines, old messages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from local import moto_backends
from local.s3 import lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = logging.getLogger(__name__)

AT_ONCE: Final = 1000
"""Versions that one request deletes (API reference, DeleteObjects)."""
DAY_SECONDS: Final = 86_400


class Retention:
    """Carries out the retention of one account and region. `s3` makes a client of the endpoint."""

    def __init__(
        self,
        account_id: str,
        region: str,
        s3: Callable[[], Any],
        messages_expired: Callable[[], None],
    ) -> None:
        self._account_id = account_id
        self._region = region
        self._s3 = s3
        self._messages_expired = messages_expired

    def carry_out(self, now: datetime) -> None:
        """Remove what is due. A fault in one kind leaves the others, and the next night, alone."""
        for work in (self._objects, self._lines, self._messages):
            try:
                work(now)
            except Exception:
                log.exception("retention could not be carried out")

    def _objects(self, now: datetime) -> None:
        for bucket in list(moto_backends.s3(self._account_id, self._region).buckets.values()):
            due = [
                {"Key": each.key} | ({"VersionId": each.version_id} if each.version_id else {})
                for each in lifecycle.expired(bucket, now)
            ]
            for begin in range(0, len(due), AT_ONCE):
                delete = {"Objects": due[begin : begin + AT_ONCE], "Quiet": True}
                self._s3().delete_objects(Bucket=bucket.name, Delete=delete)
            for key, upload in lifecycle.abandoned(bucket, now):
                self._s3().abort_multipart_upload(Bucket=bucket.name, Key=key, UploadId=upload)

    def _lines(self, now: datetime) -> None:
        groups = moto_backends.logs(self._account_id, self._region).groups
        for group in list(groups.values()):
            if group.retention_in_days:
                age = int(group.retention_in_days) * DAY_SECONDS
                oldest = (now.timestamp() - age) * 1000
                for stream in list(group.streams.values()):
                    stream.events[:] = [each for each in stream.events if each.timestamp >= oldest]

    def _messages(self, now: datetime) -> None:
        for queue in list(moto_backends.queues(self._account_id, self._region).queues.values()):
            oldest = (now.timestamp() - int(queue.message_retention_period)) * 1000
            with queue._messages_lock:  # noqa: SLF001 - moto has no other way to end a message
                messages = queue._messages  # noqa: SLF001 - as above
                messages[:] = [each for each in messages if each.sent_timestamp >= oldest]
        self._messages_expired()
