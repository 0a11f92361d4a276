"""Executions: start, stop, describe, list, history, redrive."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from local.asl import Execution, Identity, Outcome
from local.stepfunctions.errors import ApiError
from local.stepfunctions.machines import check_name
from local.stepfunctions.pages import page
from local.stepfunctions.redrive import check_redrivable, redrive_status
from local.stepfunctions.store import Record

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from local.asl import MapRun, TaskToken
    from local.stepfunctions.store import Parameters, StateMachine, Store, World
    from local.stepfunctions.supervisor import Tokens

log = logging.getLogger(__name__)

STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
INPUT_LIMIT_BYTES = 262_144
EVENT_LIMIT_BYTES = 248 * 1024


class Executions:
    """The operations on executions, and the supervisor of the interpreter."""

    def __init__(self, store: Store, world: World, prefix: str, tokens: Tokens) -> None:
        self.store = store
        self.world = world
        self.prefix = prefix
        self.tokens = tokens
        self._running: set[asyncio.Task[None]] = set()

    def start(self, parameters: Parameters) -> dict[str, Any]:
        """StartExecution: the same name and input again answer the running execution."""
        machine = self.store.machine(parameters["stateMachineArn"])
        given = _input(parameters)
        name = parameters.get("name") or str(uuid.uuid4())
        check_name(name)
        arn = f"{self.prefix}:execution:{machine.name}:{name}"
        known = self.store.executions.get(arn)
        if known is not None:
            if known.status != "RUNNING" or known.input != given:
                raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
            return {"executionArn": arn, "startDate": known.identity.start_time}
        record = self._record(machine, arn, name, given, parameters.get("traceHeader"))
        self._spawn(record, record_execution(record).run())
        return {"executionArn": arn, "startDate": record.identity.start_time}

    def stop(self, parameters: Parameters) -> dict[str, Any]:
        """StopExecution: one that has ended stays as it ended."""
        record = self.store.execution(parameters["executionArn"])
        if record.status == "RUNNING" and record.execution is not None:
            record.execution.abort(parameters.get("error"), parameters.get("cause"))
        return {"stopDate": record.stop or self.world.now()}

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeExecution."""
        record = self.store.execution(parameters["executionArn"])
        outcome = record.outcome or Outcome("RUNNING")
        shown = {
            **summary(record),
            "input": record.input,
            "inputDetails": {"included": True},
            "output": outcome.output,
            "outputDetails": {"included": True} if outcome.output is not None else None,
            "error": outcome.error,
            "cause": outcome.cause,
            "traceHeader": record.trace_header,
            **redrive_status(record, self.world.now()),
        }
        return {name: value for name, value in shown.items() if value is not None}

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListExecutions: newest first, of a machine or of a Map Run."""
        parent = parameters.get("mapRunArn") or parameters.get("stateMachineArn")
        if parent is None or ("mapRunArn" in parameters) == ("stateMachineArn" in parameters):
            message = "Provide either a state machine ARN or a map run ARN, but not both."
            raise ApiError("ValidationException", message)
        if "mapRunArn" in parameters:
            self.store.map_run(parent)
        else:
            self.store.machine(parent)
        statuses = (parameters["statusFilter"],) if "statusFilter" in parameters else STATUSES
        records = self.store.executions_of(parent, statuses)
        wanted = parameters.get("redriveFilter")
        if wanted:
            records = (
                each for each in records if bool(each.redrive_count) == (wanted == "REDRIVEN")
            )
        return page("executions", records, summary, parameters)

    def history(self, parameters: Parameters) -> dict[str, Any]:
        """GetExecutionHistory: pages, from the first or from the last event."""
        events = self.store.execution(parameters["executionArn"]).history.events()
        if parameters.get("reverseOrder"):
            events.reverse()
        if parameters.get("includeExecutionData") is False:
            events = [_without_data(event) for event in events]
        return page("events", events, lambda event: event, parameters)

    def redrive(self, parameters: Parameters) -> dict[str, Any]:
        """RedriveExecution: goes on at what failed; the same clientToken again changes nothing."""
        record = self.store.execution(parameters["executionArn"])
        token = parameters.get("clientToken")
        if token is not None and token in record.redrive_tokens:
            return {"redriveDate": record.redrive_tokens[token]}
        now = self.world.now()
        check_redrivable(record, now)
        record.redrive_count += 1
        record.redrive_date = now
        record.outcome, record.stop = None, None
        if token is not None:
            record.redrive_tokens[token] = now
        self.store.move(record, "RUNNING")
        self._spawn(record, record_execution(record).redrive())
        return {"redriveDate": now}

    def map_run_started(self, map_run: MapRun) -> None:
        """Keep a Map Run."""
        self.store.map_runs[map_run.arn] = map_run

    def child_started(self, execution: Execution) -> None:
        """Keep a Standard child; its parent runs it, so its record follows what it becomes."""
        owner = self.store.executions[self.store.map_runs[_map_run(execution)].execution_arn]
        record = Record(
            sequence=self.store.next_sequence(),
            identity=execution.identity,
            revision=owner.revision,
            input=execution.input_json,
            trace_header=None,
            execution=execution,
            history=execution.history,
        )
        self.store.add(record)
        execution.on_end = lambda outcome: self._ended(record, outcome)

    def open_token(self, execution_arn: str) -> TaskToken:
        """A token for a task that waits."""
        return self.tokens.open(execution_arn)

    def close_token(self, token: TaskToken) -> None:
        """The task does not wait any more."""
        self.tokens.close(token)

    def _record(
        self, machine: StateMachine, arn: str, name: str, given: str, trace: str | None
    ) -> Record:
        identity = Identity(
            arn=arn,
            name=name,
            state_machine_arn=machine.arn,
            state_machine_name=machine.name,
            role_arn=machine.revision.role_arn,
            start_time=self.world.now(),
        )
        execution = Execution(machine.revision.machine, identity, given, self.world, self)
        record = Record(
            sequence=self.store.next_sequence(),
            identity=identity,
            revision=machine.revision,
            input=given,
            trace_header=trace,
            execution=execution,
            history=execution.history,
        )
        self.store.add(record)
        return record

    def _spawn(self, record: Record, running: Coroutine[Any, Any, Outcome]) -> None:
        self._tell(record)
        task = asyncio.get_running_loop().create_task(self._follow(record, running))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _follow(self, record: Record, running: Coroutine[Any, Any, Outcome]) -> None:
        try:
            outcome = await running
        except Exception as error:
            # A fault of the interpreter is this execution's alone.
            log.exception("execution %s", record.identity.arn)
            outcome = Outcome("FAILED", error="States.Runtime", cause=repr(error))
        self._ended(record, outcome)

    def _ended(self, record: Record, outcome: Outcome) -> None:
        record.outcome = outcome
        record.stop = self.world.now()
        self.store.move(record, outcome.status)
        record.history.pack()
        if outcome.status == "SUCCEEDED":
            record.execution = None
        self._tell(record)

    def _tell(self, record: Record) -> None:
        """Events tell of Standard executions that are not a Map's children."""
        if record.identity.map_run_arn is None:
            self.world.status_changed(status_detail(record))


def record_execution(record: Record) -> Execution:
    """The interpreter's part of a record that has not succeeded."""
    if record.execution is None:
        raise ApiError("ExecutionNotRedrivable", "the execution succeeded")
    return record.execution


def summary(record: Record) -> dict[str, Any]:
    """An execution as ListExecutions shows it."""
    identity = record.identity
    shown = {
        "executionArn": identity.arn,
        "stateMachineArn": identity.state_machine_arn,
        "name": identity.name,
        "status": record.status,
        "startDate": identity.start_time,
        "stopDate": record.stop,
        "mapRunArn": identity.map_run_arn,
        "redriveCount": record.redrive_count,
        "redriveDate": record.redrive_date,
    }
    return {name: value for name, value in shown.items() if value is not None}


def status_detail(record: Record) -> dict[str, Any]:
    """The detail of a status change event; large inputs and outputs are left out."""
    outcome = record.outcome or Outcome("RUNNING")
    identity = record.identity
    stop = None if record.stop is None else int(record.stop * 1000)
    redriven = None if record.redrive_date is None else int(record.redrive_date * 1000)
    return {
        "executionArn": identity.arn,
        "stateMachineArn": identity.state_machine_arn,
        "name": identity.name,
        "status": record.status,
        "startDate": int(identity.start_time * 1000),
        "stopDate": stop,
        "input": _small(record.input),
        "inputDetails": {"included": _small(record.input) is not None},
        "output": _small(outcome.output),
        "outputDetails": None if outcome.output is None else {"included": True},
        "error": outcome.error,
        "cause": outcome.cause,
        "redriveCount": record.redrive_count,
        "redriveDate": redriven,
        "redriveStatus": "NOT_REDRIVABLE" if record.execution is None else "REDRIVABLE",
    }


def _small(text: str | None) -> str | None:
    return text if text is not None and len(text.encode()) <= EVENT_LIMIT_BYTES else None


def _map_run(execution: Execution) -> str:
    return execution.identity.map_run_arn or ""


def _input(parameters: Parameters) -> str:
    given = str(parameters.get("input", "{}"))
    if len(given.encode(errors="replace")) > INPUT_LIMIT_BYTES:
        raise ApiError("InvalidExecutionInput", "Invalid Execution Input: over 262144 bytes")
    try:
        json.loads(given)
    except ValueError as error:
        message = f"Invalid Execution Input: 'INVALID_JSON: {error}'"
        raise ApiError("InvalidExecutionInput", message) from error
    return given


def _without_data(event: dict[str, Any]) -> dict[str, Any]:
    left_out = {"input", "output", "parameters", "assignedVariables"}
    return {
        name: {key: inner for key, inner in value.items() if key not in left_out}
        if isinstance(value, dict)
        else value
        for name, value in event.items()
    }
