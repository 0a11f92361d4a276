"""One execution: from its input to how it ended, over any number of redrives."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from local.asl.model.errors import RUNTIME, TIMEOUT, StateError
from local.asl.model.outcome import Outcome
from local.asl.model.values import dumps, timestamp
from local.asl.runtime.branch import Branch
from local.asl.runtime.run import Run
from local.asl.states import BODIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl.definition.machine import Machine
    from local.asl.model.ports import Supervisor, World
    from local.asl.runtime.history import History
    from local.asl.runtime.run import Identity

log = logging.getLogger(__name__)

EXPRESS_SECONDS = 300  # Step Functions guide, "Quotas": the longest an Express workflow runs


class Execution:
    """An execution of a machine. `run` it once; `redrive` it when it ended badly.

    `input_json` is the input's JSON text. `abort` must be called on the loop that runs it.
    """

    def __init__(
        self,
        machine: Machine,
        identity: Identity,
        input_json: str,
        world: World,
        supervisor: Supervisor[Execution],
    ) -> None:
        given = json.loads(input_json)
        self.machine = machine
        self.identity = identity
        self.input_json = input_json
        self.outcome: Outcome | None = None
        self.stop_time: float | None = None
        self.on_end: Callable[[Outcome], None] | None = None
        self.on_redrive: Callable[[], None] | None = None
        self._run = Run(identity, given, world, supervisor, bodies=BODIES, spawn=_spawn)
        self._root = Branch(self._run, machine, given, {})
        self._aborted: Outcome | None = None
        self._task: asyncio.Task[Outcome] | None = None
        self._deadline: float | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs to go on with it."""
        running = {"_task": None, "on_end": None, "on_redrive": None}
        return {**self.__dict__, **running}

    @property
    def history(self) -> History:
        """The events so far."""
        return self._run.history

    @property
    def redrive_count(self) -> int:
        """How often it was redriven."""
        return self._run.redrive_count

    def keep_by(self, keep: Callable[[], None]) -> None:
        """Have `keep` called whenever the execution begins to wait for the world."""
        self._run.keep = keep

    async def run(self) -> Outcome:
        """Run to the end; never raises for what the machine does."""
        self._begin()
        details = {"input": self.input_json, "roleArn": self.identity.role_arn}
        self._root.record("ExecutionStarted", details)
        self._root.previous = 0
        return await self._finish()

    async def redrive(self) -> Outcome:
        """Go on where it stopped; finished states are not run again."""
        self._run.redriven()
        self.outcome, self.stop_time = None, None
        self._begin()
        if self.on_redrive is not None:
            self.on_redrive()
        self._root.record("ExecutionRedriven", {"redriveCount": self.redrive_count})
        self._root.resume()
        return await self._finish()

    async def go_on(self) -> Outcome:
        """Go on where the interpreter was stopped, with what had begun by then.

        A call whose answer was lost is made again; waits and time limits end when they would have.
        """
        if self.outcome is not None:
            return self.outcome
        return await (self._finish() if self.history.count else self.run())

    def abort(self, error: str | None = None, cause: str | None = None) -> None:
        """End it from outside, as StopExecution does."""
        self._aborted = Outcome("ABORTED", None, error, cause)
        if self._task is not None:
            self._task.cancel()

    def described(self, input_json: str) -> dict[str, Any]:
        """What a ResultWriter says of an ended child (as DescribeExecution, in PascalCase)."""
        outcome = self.outcome or Outcome("ABORTED")
        ended_well = outcome.status == "SUCCEEDED"
        redrivable = "NOT_REDRIVABLE" if ended_well else "REDRIVABLE_BY_MAP_RUN"
        details = {
            "ExecutionArn": self.identity.arn,
            "Input": input_json,
            "InputDetails": {"Included": True},
            "Name": self.identity.name,
            "Output": outcome.output,
            "OutputDetails": {"Included": True} if outcome.output is not None else None,
            "Error": outcome.error,
            "Cause": outcome.cause,
            "RedriveCount": self.redrive_count,
            "RedriveStatus": redrivable,
            "StartDate": timestamp(self.identity.start_time),
            "StateMachineArn": self.identity.state_machine_arn,
            "Status": outcome.status,
            "StopDate": timestamp(self.stop_time or self._run.world.now()),
        }
        return {name: value for name, value in details.items() if value is not None}

    async def _finish(self) -> Outcome:
        self._task = asyncio.ensure_future(self._outcome())
        if self._aborted is not None:
            self._task.cancel()
        try:
            outcome = await self._task
        except asyncio.CancelledError:
            if self._aborted is None:
                await self._cut_off(self._task)
                raise
            outcome = self._aborted
        self._aborted = None
        self._ended(outcome)
        return outcome

    async def _cut_off(self, task: asyncio.Task[Outcome]) -> None:
        """Who waits for this execution is cancelled, so it ends too."""
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        self._ended(Outcome("ABORTED"))

    async def _outcome(self) -> Outcome:
        try:
            async with asyncio.timeout(self._seconds_left()) as limit:
                output = await self._root.advance()
        except StateError as failed:
            _let_go_of_frames(failed)
            return Outcome("FAILED", error=failed.error, cause=failed.cause)
        except Exception as fault:
            if isinstance(fault, TimeoutError) and limit.expired():
                return Outcome("TIMED_OUT")
            number = uuid.UUID(int=self._run.world.random.getrandbits(128), version=4)
            log.exception("%s: Internal Error (%s)", self.identity.arn, number)
            return Outcome("FAILED", error=RUNTIME, cause=f"Internal Error ({number})")
        return Outcome("SUCCEEDED", output=dumps(output))

    def _begin(self) -> None:
        seconds = self._seconds()
        self._deadline = None if seconds is None else self._run.world.now() + seconds

    def _seconds_left(self) -> float | None:
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - self._run.world.now())

    def _seconds(self) -> float | None:
        """How long it may run, from its start or its redrive; None for as long as it takes."""
        own = self.machine.timeout_seconds or None  # AWS takes 0; what it does is unverified
        if self.identity.kind == "STANDARD":
            return own
        return min(own or EXPRESS_SECONDS, EXPRESS_SECONDS)

    def _ended(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.stop_time = self._run.world.now()
        timed_out = outcome.status == "TIMED_OUT"
        error = TIMEOUT if timed_out else outcome.error
        found = {"output": outcome.output, "error": error, "cause": outcome.cause}
        details = {name: text for name, text in found.items() if text is not None}
        name = "TimedOut" if timed_out else outcome.status.capitalize()
        if outcome.status in {"TIMED_OUT", "ABORTED"}:
            self._root.previous = 0  # no event of a state led to it (measured on AWS)
        self._root.record(f"Execution{name}", details)
        if self.on_end is not None:
            self.on_end(outcome)


def _spawn(run: Run, machine: Machine, identity: Identity, input_json: str) -> Execution:
    """A child execution of a Map Run of that run; a Standard one is the supervisor's to keep."""
    child = Execution(machine, identity, input_json, run.world, run.supervisor)
    if identity.kind == "STANDARD":
        run.supervisor.child_started(child)
    return child


def _let_go_of_frames(failure: StateError) -> None:
    """A branch keeps its failure for a redrive, but not what was on the stack then."""
    failure.__traceback__ = failure.__cause__ = failure.__context__ = None
