"""StartExecution and StartSyncExecution."""

from __future__ import annotations

import json
import math
import uuid
from typing import TYPE_CHECKING, Any

from local.asl import Execution, Identity
from local.stepfunctions.answers import present
from local.stepfunctions.arns import check_name
from local.stepfunctions.errors import ApiError
from local.stepfunctions.executions import type_not_supported
from local.stepfunctions.qualified_arns import target
from local.stepfunctions.store import Record

if TYPE_CHECKING:
    from local.stepfunctions.qualified_arns import Target
    from local.stepfunctions.runner import Runner
    from local.stepfunctions.store import Parameters, Store, World

BILLED_MILLISECONDS = 100
BILLED_MEGABYTES = 64
"""The units that an Express execution is billed in (Step Functions pricing)."""


class Starting:
    """The operations that start executions."""

    def __init__(self, store: Store, world: World, prefix: str, runner: Runner) -> None:
        self.store = store
        self.world = world
        self.prefix = prefix
        self.runner = runner

    def start(self, parameters: Parameters) -> dict[str, Any]:
        """StartExecution: the same name and input again answer the Standard one that runs."""
        wanted = self._target(parameters)
        machine = wanted.machine
        name, given = _named(parameters), _input(parameters)
        if machine.kind == "EXPRESS":
            execution = self._express(wanted, name, given)
            self.runner.start_express(execution)
            return _started(execution.identity.arn, execution.identity.start_time)
        arn = f"{self.prefix}:execution:{machine.name}:{name}"
        known = self.store.executions.get(arn)
        if known is None:
            known = self._standard(wanted, arn, given, parameters.get("traceHeader"))
        elif not _same(known, given):
            raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        return _started(arn, known.start)

    async def start_sync(self, parameters: Parameters) -> dict[str, Any]:
        """StartSyncExecution: answers how an Express execution ended."""
        wanted = self._target(parameters)
        if wanted.machine.kind != "EXPRESS":
            raise type_not_supported()
        name, given = _named(parameters), _input(parameters)
        execution = self._express(wanted, name, given)
        outcome = await self.runner.start_express(execution)
        begun, stop = execution.identity.start_time, round(self.world.now(), 3)
        shown = _started(execution.identity.arn, begun) | {
            "stateMachineArn": wanted.machine.arn,
            "name": name,
            "stopDate": stop,
            "status": outcome.status,
            "error": outcome.error,
            "cause": outcome.cause,
            "traceHeader": parameters.get("traceHeader"),
            "billingDetails": _billed(stop - begun),
        }
        if parameters.get("includedData") != "METADATA_ONLY":
            shown |= {"input": given, "inputDetails": {"included": True}, "output": outcome.output}
            shown["outputDetails"] = None if outcome.output is None else {"included": True}
        return present(shown)

    def _standard(self, wanted: Target, arn: str, given: str, trace_header: str | None) -> Record:
        execution = self._execution(wanted, arn, arn.rpartition(":")[2], given)
        record = Record(
            arn=arn,
            start=execution.identity.start_time,
            revision=wanted.revision,
            listing=wanted.machine.executions,
            trace_header=trace_header,
            version_arn=wanted.version_arn,
            alias_arn=wanted.alias_arn,
        )
        self.runner.start(record, execution)
        return record

    def _target(self, parameters: Parameters) -> Target:
        return target(self.store, parameters["stateMachineArn"], self.world.random)

    def _express(self, wanted: Target, name: str, given: str) -> Execution:
        arn = f"{self.prefix}:express:{wanted.machine.name}:{name}:{uuid.uuid4()}"
        return self._execution(wanted, arn, name, given)

    def _execution(self, wanted: Target, arn: str, name: str, given: str) -> Execution:
        machine = wanted.machine
        identity = Identity(
            arn=arn,
            name=name,
            state_machine_arn=machine.arn,
            state_machine_name=machine.name,
            role_arn=wanted.revision.role_arn,
            start_time=round(self.world.now(), 3),
            kind="EXPRESS" if machine.kind == "EXPRESS" else "STANDARD",
        )
        return Execution(wanted.revision.machine, identity, given, self.world, self.runner)


def _started(arn: str, moment: float) -> dict[str, Any]:
    return {"executionArn": arn, "startDate": moment}


def _same(known: Record, given: str) -> bool:
    """Whether a start is the one that is running already."""
    if known.status != "RUNNING" or known.execution is None:
        return False
    return known.execution.input_json == given


def _named(parameters: Parameters) -> str:
    name: str = parameters.get("name") or str(uuid.uuid4())
    check_name(name)
    return name


def _input(parameters: Parameters) -> str:
    given: str = parameters.get("input", "{}")
    try:
        json.loads(given, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reason = str(error) if given.strip() else "Invalid execution input."
        text = f"Invalid State Machine Execution Input: '{reason}'"
        raise ApiError("InvalidExecutionInput", text) from error
    return given


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _billed(seconds: float) -> dict[str, int]:
    units = max(1, math.ceil(seconds * 1000 / BILLED_MILLISECONDS))
    return {
        "billedMemoryUsedInMB": BILLED_MEGABYTES,
        "billedDurationInMilliseconds": units * BILLED_MILLISECONDS,
    }
