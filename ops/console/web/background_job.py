"""What takes longer than a request: redriving or replaying many, followed to their end."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from ops.pipeline.errors import OpsError, explained

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT: Final = 50
"""Jobs that are remembered."""


@dataclass
class Job:
    """One piece of work. `lines` is what an operator reads of it, in order."""

    title: str
    total: int = 0
    ended: int = 0
    lines: list[str] = field(default_factory=list)
    problem: str | None = None
    state: Literal["waiting", "running", "done"] = "waiting"


class Jobs:
    """One job at a time, in the order they came.

    Two that hold the same queue would hide its messages from each other.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque(maxlen=KEPT)
        self._waiting: deque[tuple[Job, Callable[[Job], None]]] = deque()
        self._lock = threading.Lock()
        self._busy = False

    def start(self, title: str, work: Callable[[Job], None]) -> None:
        """Begin a job in the background, or once those before it have ended."""
        job = Job(title)
        with self._lock:
            self._jobs.append(job)
            self._waiting.append((job, work))
            idle, self._busy = not self._busy, True
        if idle:
            threading.Thread(target=self._run_all, name="jobs", daemon=True).start()

    def unfinished_or_last(self) -> list[Job]:
        """Those that have not ended, the newest first; else the last one."""
        with self._lock:
            newest_first = list(reversed(self._jobs))
        return [each for each in newest_first if each.state != "done"] or newest_first[:1]

    def _run_all(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
                job, work = self._waiting.popleft()
            _run(job, work)


def _run(job: Job, work: Callable[[Job], None]) -> None:
    job.state = "running"
    try:
        work(job)
    except OpsError as error:
        job.problem = str(error)
    except (ClientError, BotoCoreError) as error:
        job.problem = str(explained(error))
    except Exception as error:  # the thread goes on to the next job, and a bug is to be seen
        logging.getLogger(__name__).exception(job.title)
        job.problem = f"{type(error).__name__}: {error}"
    finally:
        job.state = "done"
