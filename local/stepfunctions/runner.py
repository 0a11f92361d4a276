"""Runs executions on the loop, and keeps their records true to what becomes of them.

It is the interpreter's supervisor. Whatever goes wrong in one execution stays in that one.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import uuid
from typing import TYPE_CHECKING

from local.asl import Outcome
from local.stepfunctions.answers import status_detail
from local.stepfunctions.store import Record

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from local.asl import Execution, MapRun, TaskToken
    from local.stepfunctions.execution_logs import ExecutionLogs
    from local.stepfunctions.keeping import InMemory
    from local.stepfunctions.store import Revision, Store, World
    from local.stepfunctions.tokens import Tokens

log = logging.getLogger(__name__)

RUNTIME = "States.Runtime"
STOP_SECONDS = 5.0
"""An abort is a matter of a few turns of the loop; nobody waits longer for one."""


class Runner:
    """The executions that run. All of it is to be called on the loop."""

    def __init__(
        self,
        store: Store,
        world: World,
        tokens: Tokens,
        logs: ExecutionLogs,
        keeper: InMemory,
    ) -> None:
        self.store = store
        self.keeper = keeper
        self.world = world
        self.tokens = tokens
        self.logs = logs
        self.closing = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def start(self, record: Record, execution: Execution) -> None:
        """Keep a new execution, and run it."""
        record.execution = execution
        with self.keeper.transaction():
            self.keeper.started(record, execution)
            self.store.add(record)
            self._tell(record)
        self._go(self._follow(record, execution, execution.run()))

    def go_on(self, records: list[Record]) -> None:
        """Go on with the executions that ran when the process before this one ended."""
        children = [each for each in records if each.listing.map_run_arn is not None]
        for record in records:
            if record.listing.map_run_arn is None:
                execution = self.restored(record)
                if execution is not None:
                    self._go(self._follow(record, execution, execution.go_on()))
        for record in children:
            if record.execution is None:  # its parent was not to know of it: it did nothing yet
                self.store.remove(record)

    def restored(self, record: Record) -> Execution | None:
        """The interpreter's object of an execution, from where it is kept; None if it has none."""
        return record.execution or self.keeper.restored(record)

    def restored_child(self, record: Record) -> Execution | None:
        """The same for a Standard child, which its Map Run will run."""
        execution = self.restored(record)
        if execution is not None:
            self._follow_child(record, execution)
        return execution

    def start_express(self, execution: Execution) -> asyncio.Task[Outcome]:
        """Run an Express execution; nothing is kept of it."""
        return self._go(self._outcome(execution, execution.run()))

    def redrive(self, record: Record, execution: Execution) -> None:
        """Go on with an execution that ended badly."""
        self._redriven(record, execution)
        self._go(self._follow(record, execution, execution.redrive()))

    async def stopped(self, record: Record, error: str | None, cause: str | None) -> None:
        """End an execution from outside, if it runs, and wait until it ended."""
        if record.status == "RUNNING" and record.execution is not None:
            record.execution.abort(error, cause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended(record), STOP_SECONDS)

    async def ended(self, record: Record) -> None:
        """Wait until an execution does not run any more."""
        if record.status == "RUNNING":
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(record.arn, []).append(waiter)
            await waiter

    def map_run_started(self, map_run: MapRun) -> None:
        """Keep a Map Run."""
        self.store.add_map_run(map_run)
        self.keeper.map_run(map_run)

    def child_started(self, execution: Execution) -> None:
        """Keep a Standard child; its Map Run runs it, so its record follows what it becomes."""
        identity = execution.identity
        run = self.store.map_runs[identity.map_run_arn or ""]
        listing = self.store.children[run.arn]
        siblings = listing.records
        parent = self.store.executions[run.execution_arn]
        record = Record(
            arn=identity.arn,
            start=round(identity.start_time, 3),
            revision=siblings[0].revision
            if siblings
            else _revision_of_child(parent.revision, execution),
            listing=listing,
            execution=execution,
        )
        with self.keeper.transaction():
            self.keeper.started(record, execution)
            self.store.add(record)
            self._tell(record)
        self._follow_child(record, execution)

    def open_token(self, execution_arn: str, value: str | None = None) -> TaskToken:
        """A token for a task that waits."""
        return self.tokens.open(execution_arn, value)

    def close_token(self, token: TaskToken) -> None:
        """The task does not wait any more."""
        if not self.closing:
            self.tokens.close(token)

    def _follow_child(self, record: Record, execution: Execution) -> None:
        execution.on_end = lambda outcome: self._ended(record, execution, outcome)
        execution.on_redrive = lambda: self._redriven(record, execution)

    def _go(self, running: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(running)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _follow(
        self, record: Record, execution: Execution, running: Coroutine[Any, Any, Outcome]
    ) -> None:
        self._ended(record, execution, await self._outcome(execution, running))

    async def _outcome(
        self, execution: Execution, running: Coroutine[Any, Any, Outcome]
    ) -> Outcome:
        """How it ended; a fault of the interpreter is this execution's failure."""
        try:
            outcome = await running
        except Exception:
            number = uuid.uuid4()
            log.exception("a fault in %s (%s)", execution.identity.arn, number)
            outcome = Outcome("FAILED", error=RUNTIME, cause=f"Internal Error ({number})")
            details = {"error": outcome.error, "cause": outcome.cause}
            history = execution.history
            history.add(self.world.now(), "ExecutionFailed", history.count, details)
        else:
            if outcome.error == RUNTIME:
                log.error("%s failed: %s", execution.identity.arn, outcome.cause)
        return outcome

    def _redriven(self, record: Record, execution: Execution) -> None:
        record.execution = execution
        if record.redrive_count == 0:
            record.listing.redriven(record)
        record.redrive_count += 1
        record.redrive_date = round(self.world.now(), 3)
        record.outcome, record.stop = None, None
        record.listing.move(record, "RUNNING")
        with self.keeper.transaction():
            self.keeper.redriven(record)
            self._tell(record)

    def _ended(self, record: Record, execution: Execution, outcome: Outcome) -> None:
        if self.closing:
            return
        record.outcome = outcome
        record.stop = round(self.world.now(), 3)
        record.events = execution.history.count
        record.listing.move(record, outcome.status)
        with self.keeper.transaction():
            self._tell(record)
            self._log(record)
            self.keeper.ended(record, execution)
        for waiter in self._waiting.pop(record.arn, ()):
            if not waiter.done():
                waiter.set_result(None)
        self.store.forget_if_deleted(record.listing.machine_arn)

    def _tell(self, record: Record) -> None:
        if self.closing:
            return
        try:
            self.world.status_changed(status_detail(record, self.world.now()))
        except Exception:
            log.exception("nobody could be told of %s", record.arn)

    def _log(self, record: Record) -> None:
        try:
            self.logs.ended(record)
        except Exception:
            log.exception("the history of %s could not be logged", record.arn)


def _revision_of_child(owner: Revision, execution: Execution) -> Revision:
    """A child runs the Map state's processor with the settings of its state machine."""
    machine = execution.machine
    definition = {"StartAt": machine.start_at, "States": machine.states}
    return dataclasses.replace(owner, machine=machine, definition=json.dumps(definition))
