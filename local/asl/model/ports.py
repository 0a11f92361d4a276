"""What the interpreter needs of the world: a clock, randomness, calls, and somebody to tell.

All waiting is asyncio's, on the running loop's time. So a loop with virtual time makes an hour of
backoff instant, and one seed for `random` with one such loop replays an execution event for event.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from local.asl.model.map_run import MapRun
    from local.asl.model.outcome import Outcome

Json = Any
"""A JSON value as Python's json module reads it."""

Pattern = Literal["request_response", "sync", "sync:2", "wait_for_task_token"]


def _unheard(answer: Json) -> None:
    """Nobody asked when the job began."""
    del answer


@dataclass(frozen=True)
class TaskRequest:
    """One call that a Task state, an ItemReader or a ResultWriter makes.

    `service` and `action` are as in the resource ARN ("lambda", "invoke"; "s3", "putObject");
    `integration` says which kind of ARN it was; `resource` is the ARN itself. A world that waits
    for a job (`sync`, `sync:2`) hands the answer that began it to `submitted`, on the loop; `began`
    is that answer where the job began before the interpreter was stopped. `attempt` names the try,
    the same for one that is made again because its answer was lost.
    """

    service: str
    action: str
    arguments: Json
    integration: Literal["optimized", "aws-sdk"]
    pattern: Pattern
    resource: str
    role_arn: str
    execution_arn: str
    submitted: Callable[[Json], None] = field(default=_unheard, compare=False, repr=False)
    began: Json = field(default=None, compare=False, repr=False)
    attempt: str = field(default="", compare=False, repr=False)


class TaskFailed(Exception):  # noqa: N818 - AWS's own word for it
    """The call failed; `error` is the name that Retry and Catch match, `cause` free text.

    SendTaskFailure may leave both out.
    """

    def __init__(self, error: str | None, cause: str | None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


class World(Protocol):
    """Time, randomness and calls. `now` is in seconds since the epoch."""

    random: random.Random

    def __hash__(self) -> int:
        """Worlds are told apart by identity."""

    def now(self) -> float:
        """The time now, in seconds since the epoch (UTC)."""

    async def invoke(self, request: TaskRequest) -> Json:
        """Make the call and answer its result; raises TaskFailed."""


class TaskToken:
    """A task that waits for SendTaskSuccess, SendTaskFailure or SendTaskHeartbeat."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.result: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.beat = asyncio.Event()


class ChildExecution(Protocol):
    """An execution as the Map Run sees it that started it."""

    async def run(self) -> Outcome:
        """Run to the end; never raises for what the machine does."""

    async def redrive(self) -> Outcome:
        """Go on where it stopped."""

    async def go_on(self) -> Outcome:
        """Go on where the interpreter was stopped; how it ended, if it has."""

    def described(self, input_json: str) -> dict[str, Any]:
        """What a ResultWriter says of it (as DescribeExecution, in PascalCase)."""


Started_contra = TypeVar("Started_contra", contravariant=True)
"""The executions that a supervisor keeps."""


class Supervisor(Protocol[Started_contra]):
    """Who keeps what an execution brings into being: Map Runs and task tokens."""

    def map_run_started(self, map_run: MapRun) -> None:
        """A Map Run began; it changes in place from now on."""

    def child_started(self, execution: Started_contra) -> None:
        """A Standard child execution of a Map Run began."""

    def open_token(self, execution_arn: str, value: str | None = None) -> TaskToken:
        """A token for a waiting task of that execution: a new one, or the one that it had."""

    def close_token(self, token: TaskToken) -> None:
        """Nobody waits for the token any more."""
