"""Which upload an execution is about, and what became of it: asked for once, as neither changes.

An execution's input never does, and its output not once it has succeeded.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.pipeline.errors import OpsError
from ops.pipeline.executions import SUCCEEDED, became, described, executions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details, Execution
    from ops.pipeline.uploads import Upload

REMEMBERED: Final = 50_000
AT_ONCE: Final = 8
RECENT: Final = 2000
"""How many of the newest executions are looked through for that of an upload."""


@dataclass(frozen=True)
class KnownUpload:
    """What an execution is about. `became` is None until it has succeeded.

    `format`, `records` and `doubtful` are of a file that was counted: doubtful is one with ragged
    rows or warnings.
    """

    upload: Upload | None
    became: str | None
    format: str | None = None
    records: int | None = None
    doubtful: bool = False


class UploadIndex:
    """Uploads by their execution's ARN. Safe from any thread."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._known: OrderedDict[str, KnownUpload] = OrderedDict()
        self._requested: set[str] = set()
        self._later: dict[str, None] = {}
        self._queued: list[tuple[Future[None], str]] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="inputs")

    def known(self, arn: str) -> KnownUpload | None:
        """What is known by now; None if nothing is."""
        return self._known.get(arn)

    def _lacks(self, execution: Execution) -> bool:
        """Whether there is more to know of it."""
        known = self._known.get(execution.arn)
        return known is None or (execution.status == SUCCEEDED and known.became is None)

    def learn(self, listed: Iterable[Execution], seconds: float) -> bool:
        """Ask for those that are not known, for so long; whether all are known then.

        The rest waits for `go_on`, and so does what an earlier page left: eight threads that ask
        for it would take the processor from the page that is made now.
        """
        with self._lock:
            self._call_off()
            wanted = [each for each in listed if self._lacks(each)]
            fresh = [each.arn for each in wanted if each.arn not in self._requested]
            self._requested.update(fresh)
        waiting = {self._pool.submit(self._describe, arn): arn for arn in fresh}
        left = wait(waiting, seconds).not_done
        self._put_off([waiting[each] for each in left if each.cancel()])
        return not any(self._lacks(each) for each in wanted)

    def go_on(self) -> None:
        """Ask for what was put off, so that the next request finds it; once a page is sent."""
        with self._lock:
            arns = [arn for arn in self._later if arn not in self._requested]
            self._later.clear()
            self._requested.update(arns)
            self._queued += [(self._pool.submit(self._describe, arn), arn) for arn in arns]

    def _call_off(self) -> None:
        """Let go of what an earlier page left: who still looks at it asks again."""
        self._requested -= {arn for asked, arn in self._queued if asked.cancel()}
        self._queued.clear()
        self._later.clear()

    def _put_off(self, arns: Iterable[str]) -> None:
        with self._lock:
            for arn in arns:
                self._requested.discard(arn)
                self._later[arn] = None

    def _describe(self, arn: str) -> None:
        """Learn one; what cannot be described is asked for again by the next request."""
        try:
            self.remember(described(self._deployment, arn))
        except (OpsError, ClientError):
            return
        finally:
            with self._lock:
                self._requested.discard(arn)

    def remember(self, details: Details) -> None:
        """Keep what is known, and not more than there is room for."""
        known = _known(details)
        with self._lock:
            self._known[details.arn] = known
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def execution_of(self, key: str, version_id: str, seconds: float) -> str | None:
        """The ARN of an object version's execution, if it is found within that.

        Of several that are near each other the first: the others ignored a second event.
        """
        until = time.monotonic() + seconds
        batch: list[Execution] = []
        for number, execution in enumerate(executions(self._deployment, "process_file")):
            batch.append(execution)
            if len(batch) < AT_ONCE * 2 and number < RECENT:
                continue
            found = self._within(batch, key, version_id, until)
            batch = []
            if found or time.monotonic() > until or number >= RECENT:
                return found
        return self._within(batch, key, version_id, until)

    def _within(
        self, batch: list[Execution], key: str, version_id: str, until: float
    ) -> str | None:
        self.learn(batch, max(until - time.monotonic(), 0.05))
        for each in reversed(batch):
            known = self.known(each.arn)
            upload = known.upload if known else None
            if upload and (upload.key, upload.version_id) == (key, version_id):
                return each.arn
        return None


def _known(details: Details) -> KnownUpload:
    if details.status != SUCCEEDED:
        return KnownUpload(details.upload, None)
    record = details.result
    return KnownUpload(
        upload=details.upload,
        became=became(details),
        format=record.get("format"),
        records=record.get("records"),
        doubtful=bool(record.get("ragged_rows") or record.get("warnings")),
    )
