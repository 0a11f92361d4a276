"""Which upload an execution is about: asked for once, as an execution's input never changes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.errors import OpsError
from ops.executions import described, executions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.deployment import Deployment
    from ops.uploads import Upload

REMEMBERED: Final = 50_000
AT_ONCE: Final = 8
RECENT: Final = 2000
"""How many of the newest executions are looked through for that of an upload."""


class Inputs:
    """Uploads by their execution's ARN. Safe from any thread."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._known: OrderedDict[str, Upload | None] = OrderedDict()
        self._asked: set[str] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="inputs")

    def known(self, arn: str) -> Upload | None:
        """What is known by now; None if it is about no upload, too."""
        return self._known.get(arn)

    def has(self, arn: str) -> bool:
        """Whether it was asked for and answered."""
        return arn in self._known

    def learn(self, arns: Iterable[str], seconds: float) -> bool:
        """Ask for those that are not known, for so long; whether all are known then.

        The rest is still asked for afterwards, so that the next look finds it.
        """
        with self._lock:
            wanted = [arn for arn in arns if arn not in self._known]
            fresh = [arn for arn in wanted if arn not in self._asked]
            self._asked.update(fresh)
        asked = [self._pool.submit(self._ask, arn) for arn in fresh]
        wait(asked, seconds)
        return all(arn in self._known for arn in wanted)

    def _ask(self, arn: str) -> None:
        """Learn one; what cannot be described is asked for again by the next look."""
        try:
            self.remember(arn, described(self._deployment, arn).upload)
        except (OpsError, ClientError):
            return
        finally:
            with self._lock:
                self._asked.discard(arn)

    def remember(self, arn: str, upload: Upload | None) -> None:
        """Keep what is known, and not more than there is room for."""
        with self._lock:
            self._known[arn] = upload
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def execution_of(self, key: str, version_id: str, seconds: float) -> str | None:
        """The ARN of an object version's execution, if it is found within that.

        Of several that are near each other the first: the others ignored an event told twice.
        """
        until = time.monotonic() + seconds
        batch: list[str] = []
        for number, execution in enumerate(executions(self._deployment, "process_file")):
            batch.append(execution.arn)
            if len(batch) < AT_ONCE * 2 and number < RECENT:
                continue
            found = self._within(batch, key, version_id, until)
            batch = []
            if found or time.monotonic() > until or number >= RECENT:
                return found
        return self._within(batch, key, version_id, until)

    def _within(self, arns: list[str], key: str, version_id: str, until: float) -> str | None:
        self.learn(arns, max(until - time.monotonic(), 0.05))
        for arn in reversed(arns):
            upload = self.known(arn)
            if upload and (upload.key, upload.version_id) == (key, version_id):
                return arn
        return None
