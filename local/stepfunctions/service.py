"""The API's operations by name, each run on the loop that the executions run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.errors import ApiError
from local.stepfunctions.executions import Executions
from local.stepfunctions.loop import LoopThread
from local.stepfunctions.machines import Machines
from local.stepfunctions.map_runs import MapRuns
from local.stepfunctions.model import check
from local.stepfunctions.store import Store
from local.stepfunctions.supervisor import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stepfunctions.store import Parameters, World


class StepFunctions:
    """One account's Step Functions in one region. `call` may be made from any thread."""

    def __init__(self, world: World, region: str, account_id: str) -> None:
        prefix = f"arn:aws:states:{region}:{account_id}"
        self.store = Store()
        tokens = Tokens()
        machines = Machines(self.store, world, prefix)
        executions = Executions(self.store, world, prefix, tokens)
        map_runs = MapRuns(self.store)
        self._thread = LoopThread()
        self._operations: dict[str, Callable[[Parameters], dict[str, Any]]] = {
            "CreateStateMachine": machines.create,
            "UpdateStateMachine": machines.update,
            "DescribeStateMachine": machines.describe,
            "DescribeStateMachineForExecution": machines.describe_for_execution,
            "ListStateMachines": machines.list,
            "DeleteStateMachine": machines.delete,
            "ValidateStateMachineDefinition": machines.validate,
            "TagResource": machines.tag,
            "UntagResource": machines.untag,
            "ListTagsForResource": machines.tags,
            "StartExecution": executions.start,
            "StopExecution": executions.stop,
            "DescribeExecution": executions.describe,
            "ListExecutions": executions.list,
            "GetExecutionHistory": executions.history,
            "RedriveExecution": executions.redrive,
            "ListMapRuns": map_runs.list,
            "DescribeMapRun": map_runs.describe,
            "UpdateMapRun": map_runs.update,
            "SendTaskSuccess": tokens.success,
            "SendTaskFailure": tokens.failure,
            "SendTaskHeartbeat": tokens.heartbeat,
        }

    @property
    def operations(self) -> frozenset[str]:
        """The operations that are served."""
        return frozenset(self._operations)

    def call(self, operation: str, parameters: Parameters) -> dict[str, Any]:
        """Do one operation; parameters and answer as in the API's JSON, times in epoch seconds.

        Raises:
            ApiError: as the API would answer.
        """
        check(operation, parameters)
        if operation not in self._operations:
            raise ApiError("ValidationException", f"{operation} is not served by this endpoint")
        return self._thread.ask(lambda: self._operations[operation](parameters))

    def stop(self) -> None:
        """Cancel every execution and end the thread."""
        self._thread.stop()
