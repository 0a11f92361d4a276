"""What takes longer than a request: redriving or replaying many, followed to their end."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ops.pipeline.errors import OpsError, explained

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Job:
    """One piece of work. `lines` is what an operator reads of it, in order."""

    title: str
    total: int = 0
    ended: int = 0
    lines: list[str] = field(default_factory=list)
    problem: str | None = None
    running: bool = True


class Jobs:
    """One job at a time: two that hold the same queue would hide its messages from each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.last: Job | None = None

    def start(self, title: str, work: Callable[[Job], None]) -> None:
        """Begin a job in the background.

        Raises:
            OpsError: another one is not yet done.
        """
        with self._lock:
            if self.last and self.last.running:
                raise OpsError(f"wait for this to end first: {self.last.title}")
            job = self.last = Job(title)
        threading.Thread(target=_run, args=(job, work), name="job", daemon=True).start()


def _run(job: Job, work: Callable[[Job], None]) -> None:
    try:
        work(job)
    except OpsError as error:
        job.problem = str(error)
    except (ClientError, BotoCoreError) as error:
        job.problem = str(explained(error))
    finally:
        job.running = False
