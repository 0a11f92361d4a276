"""The world of one folder: what is put back at the start, and what each request adds to it.

A request is answered once all that it changed is committed: objects, messages, the rest of moto,
and the deliveries of its events, as one transaction.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from local import moto_backends
from local.endpoint.changes import Change, change_of
from local.events.outbox import Outbox
from local.moto_patches import logs as moto_logs
from local.moto_patches import s3 as moto_s3
from local.moto_patches.kept_backends import KeptBackends
from local.moto_patches.kept_lines import KeptLines
from local.moto_patches.kept_messages import KeptMessages
from local.moto_patches.kept_objects import KeptObjects
from local.moto_patches.kept_uploads import KeptUploads
from local.s3 import names
from local.s3.kept_content import Contents
from local.s3.kept_keys import KeptKeyStore
from local.stepfunctions.kept_executions import KeptExecutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.credentials import Signature
    from local.http.messages import Environ
    from local.kept.folder import Folder


class KeptWorld:
    """Everything that is kept of one account in one region."""

    def __init__(self, folder: Folder, account_id: str, region: str) -> None:
        self.folder = folder
        self.database = folder.database
        self._account_id = account_id
        self._region = region
        self._within = threading.local()
        self._saving = threading.Lock()
        contents = Contents(folder.objects, self.database)
        moto_s3.store_contents_by(contents.store)
        self._backends = KeptBackends(self.database, contents)
        self._objects = KeptObjects(self.database, contents)
        self._uploads = KeptUploads(self.database, contents)
        self._messages = KeptMessages(self.database, contents)
        self._lines = KeptLines(self.database, account_id, region)
        self.executions = KeptExecutions(self.database)
        self.outbox = Outbox(self.database)

    def load(self) -> None:
        """Put back into moto what was there.

        Raises:
            LocalError: it was written otherwise.
        """
        names.install(KeptKeyStore)
        self._backends.load()
        buckets = self._s3().buckets
        self._objects.load(buckets, self._uploads.load(buckets))
        self._messages.load(self._sqs().queues)
        self._lines.load(moto_backends.logs(self._account_id, self._region))

    @contextmanager
    def request(self, environ: Environ, signature: Signature) -> Iterator[None]:
        """Commit what a request changed, when the block ends, with what the block adds to it.

        A request that another one makes of the endpoint in this thread, as a stack's creation does,
        is committed with that one.
        """
        if getattr(self._within, "request", False):
            yield
            return
        change = change_of(environ, signature)
        with ExitStack() as until_handed_in, self.database.transaction():
            yield
            until_handed_in.enter_context(self._saving)
            self._save(change)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """What is requested within the block is a part of the request that the thread answers."""
        before = getattr(self._within, "request", False)
        self._within.request = True
        try:
            yield
        finally:
            self._within.request = before

    def messages_expired(self) -> None:
        """Keep that messages are gone which no request took away."""
        with self._saving:
            self._messages.save(list(self._sqs().queues.values()))

    def lines_expired(self, group: str, oldest: float) -> None:
        """Keep that a log group's lines from before that time, in milliseconds, are gone."""
        self._lines.expired(group, oldest)

    def objects_changed(self, bucket: Any, keys: Sequence[str]) -> None:
        """Keep versions of these keys that no request changed."""
        for key in keys:
            bucket.keys.getlist(key, [])  # only what is in memory is written
        with self._saving:
            self._objects.save(bucket, keys)

    def close(self) -> None:
        """Keep nothing more: from now on it is as if the process had been killed."""
        moto_s3.store_contents_by(None)
        moto_logs.follow(None)
        names.install()
        self.folder.close()

    def _save(self, change: Change) -> None:
        if change.world:
            self._backends.save()
        bucket = self._s3().buckets.get(change.bucket) if change.bucket else None
        if bucket is not None:
            self._objects.save(bucket, change.keys)
        if bucket is not None and change.uploads:
            self._uploads.save(bucket, change.part)
        if change.messages:
            queues = list(self._sqs().queues.values())
            self._messages.save(_chosen(queues, change.queue))

    def _s3(self) -> Any:
        return moto_backends.s3(self._account_id, self._region)

    def _sqs(self) -> Any:
        return moto_backends.queues(self._account_id, self._region)


def _chosen(queues: list[Any], name: str | None) -> list[Any]:
    """A queue with the one that its messages may move to; None stands for all."""
    if name is None:
        return queues
    found = [queue for queue in queues if queue.name == name]
    return [*found, *(each.dead_letter_queue for each in found if each.dead_letter_queue)]
