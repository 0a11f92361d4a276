"""Executions: stop, describe, list, history, redrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.answers import description, summary
from local.stepfunctions.errors import ApiError
from local.stepfunctions.history_events import complete, events_of, without_data
from local.stepfunctions.pagination import page, start_of
from local.stepfunctions.qualified_arns import split
from local.stepfunctions.redrive import check_redrivable, keep_token, known_token

if TYPE_CHECKING:
    from local.stepfunctions.execution_index import Listing
    from local.stepfunctions.runner import Runner
    from local.stepfunctions.store import Parameters, Record, Store, World


class Executions:
    """The operations on executions that are there."""

    def __init__(self, store: Store, world: World, runner: Runner) -> None:
        self.store = store
        self.world = world
        self.runner = runner

    async def stop(self, parameters: Parameters) -> dict[str, Any]:
        """StopExecution: one that has ended stays as it ended."""
        record = self.store.execution(parameters["executionArn"])
        await self.runner.stopped(record, parameters.get("error"), parameters.get("cause"))
        return {"stopDate": record.stop or round(self.world.now(), 3)}

    async def ended(self, execution_arn: str) -> dict[str, Any]:
        """DescribeExecution, once it does not run any more."""
        record = self.store.execution(execution_arn)
        await self.runner.ended(record)
        return description(record, self.world.now())

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeExecution."""
        record = self.store.execution(parameters["executionArn"])
        data = parameters.get("includedData") != "METADATA_ONLY"
        return description(record, self.world.now(), data=data)

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListExecutions: newest first, of a machine or of a Map Run."""
        listing = self._listing(parameters)
        status, redrive = parameters.get("statusFilter"), parameters.get("redriveFilter")
        records = listing.newest(start_of(parameters), status, redrive)
        qualified = parameters.get("stateMachineArn", "")
        if split(qualified)[1] is not None:
            records = (r for r in records if qualified in {r.version_arn, r.alias_arn})
        return page(parameters, "executions", records, summary, lambda record: record.place)

    def history(self, parameters: Parameters) -> dict[str, Any]:
        """GetExecutionHistory: pages, from the first or from the last event."""
        events = events_of(self.store.execution(parameters["executionArn"]))
        last = start_of(parameters)
        if parameters.get("reverseOrder"):
            left = reversed(events if last is None else events[: last - 1])
        else:
            left = iter(events[last or 0 :])
        bare = parameters.get("includeExecutionData") is False
        show = without_data if bare else complete
        return page(parameters, "events", left, show, lambda event: int(event["id"]))

    def redrive(self, parameters: Parameters) -> dict[str, Any]:
        """RedriveExecution: goes on at what failed; the same clientToken again changes nothing."""
        record = self.store.execution(parameters["executionArn"])
        token, now = parameters.get("clientToken"), round(self.world.now(), 3)
        before = known_token(record, token, now)
        if before is not None:
            return {"redriveDate": before}
        self._check_machine(record)
        check_redrivable(record, now)
        execution = self.runner.restored(record)
        if execution is not None:
            keep_token(record, token, now)
            self.runner.redrive(record, execution)
        return {"redriveDate": record.redrive_date}

    def _check_machine(self, record: Record) -> None:
        machine = self.store.machines.get(record.listing.machine_arn)
        if machine is not None and machine.status != "ACTIVE":
            raise ApiError("ExecutionNotRedrivable", "State machine is in DELETING status")

    def _listing(self, parameters: Parameters) -> Listing[Record]:
        map_run, machine = parameters.get("mapRunArn"), parameters.get("stateMachineArn")
        if (map_run is None) == (machine is None):
            text = "Provide either a state machine ARN or a Map Run ARN, and not both"
            raise ApiError("ValidationException", text)
        if map_run is not None:
            return self.store.children[self.store.map_run(map_run).arn]
        if "redriveFilter" in parameters or parameters.get("statusFilter") == "PENDING_REDRIVE":
            text = "redriveFilter and the status PENDING_REDRIVE need a mapRunArn"
            raise ApiError("ValidationException", text)
        found = self.store.machine(split(str(machine))[0])
        if found.kind == "EXPRESS":
            raise type_not_supported()
        return found.executions


def type_not_supported() -> ApiError:
    """The operation is for the other type of state machine."""
    text = "This operation is not supported by this type of state machine"
    return ApiError("StateMachineTypeNotSupported", text)
