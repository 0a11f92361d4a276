"""The API's operations by name, each done on the loop that the executions run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.aliases import Aliases
from local.stepfunctions.definition import validate
from local.stepfunctions.errors import ApiError
from local.stepfunctions.event_loop import LoopThread
from local.stepfunctions.execution_logs import ExecutionLogs
from local.stepfunctions.executions import Executions
from local.stepfunctions.keeping import InMemory
from local.stepfunctions.machines import Machines
from local.stepfunctions.map_runs import MapRuns
from local.stepfunctions.runner import Runner
from local.stepfunctions.start_execution import Starting
from local.stepfunctions.state_tests import StateTests
from local.stepfunctions.store import Store
from local.stepfunctions.tags import Tags
from local.stepfunctions.tokens import Tokens
from local.stepfunctions.validation import checked
from local.stepfunctions.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from local.stepfunctions.execution_logs import Write
    from local.stepfunctions.kept_executions import KeptExecutions
    from local.stepfunctions.store import Parameters, World

    Operation = Callable[[Parameters], dict[str, Any] | Awaitable[dict[str, Any]]]


class StepFunctions:
    """One account's Step Functions in one region. `call` may be made from any thread.

    `log` appends a line to a stream of a CloudWatch log group, by their names; it is called on the
    loop, so it must not wait. `kept` has what was there when the process before this one ended.
    `has_log_group` says whether there is a group of that name.
    """

    def __init__(
        self,
        world: World,
        region: str,
        account_id: str,
        log: Write | None = None,
        kept: KeptExecutions | None = None,
        *,
        has_log_group: Callable[[str], bool] = lambda _name: True,
    ) -> None:
        keeper = kept or InMemory()
        store, tokens = Store(keeper), Tokens(keeper)
        logs = ExecutionLogs(log or (lambda _group, _stream, _line: None))
        self._runner = Runner(store, world, tokens, logs, keeper)
        if kept is not None:
            kept.serve(self._runner)
        self._ran = keeper.load(store)
        self._thread = LoopThread()
        prefix = f"arn:aws:states:{region}:{account_id}"
        self._executions = Executions(store, world, self._runner)
        self._operations = {
            **_of_machines(
                Machines(store, world, prefix, self._runner, has_log_group), Tags(store, keeper)
            ),
            **_of_versions(Versions(store, world, keeper), Aliases(store, world, keeper)),
            **_of_executions(self._executions, Starting(store, world, prefix, self._runner)),
            **_of_map_runs(MapRuns(store, keeper)),
            **_of_tokens(tokens),
            "TestState": StateTests(world, prefix, self._runner).test,
            **_of_nothing(),
        }

    @property
    def operations(self) -> frozenset[str]:
        """The operations that are served."""
        return frozenset(self._operations)

    def call(self, operation: str, parameters: Parameters) -> dict[str, Any]:
        """Do one operation; parameters and answer as in the API's JSON, times in epoch seconds.

        StopExecution, StartSyncExecution and TestState wait, so these must not be called on the
        loop itself.

        Raises:
            ApiError: as the API would answer.
            StoppedError: after `stop`.
        """
        given = checked(operation, parameters)
        do = self._operations.get(operation)
        if do is None:
            text = f"{operation} is not served by the Step Functions of this machine"
            raise ApiError("UnknownOperationException", text)
        answer: dict[str, Any] = self._thread.ask(lambda: do(given))
        return answer

    def go_on(self) -> None:
        """Go on with what ran when it was kept; to be called once the world answers."""
        ran, self._ran = self._ran, []
        self._thread.ask(lambda: self._runner.go_on(ran))

    async def ended(self, execution_arn: str) -> dict[str, Any]:
        """DescribeExecution of a Standard execution, once it ended; for coroutines of the loop.

        Raises:
            ApiError: InvalidArn, ExecutionDoesNotExist.
        """
        return await self._executions.ended(execution_arn)

    def close(self) -> None:
        """Keep no more of the executions, which run on until `stop`."""
        self._runner.closing = True

    def stop(self) -> None:
        """Cancel every execution and end the thread; nobody is told of what is cut off."""
        self._runner.closing = True
        self._thread.stop()


def _of_machines(machines: Machines, tags: Tags) -> dict[str, Operation]:
    return {
        "CreateStateMachine": machines.create,
        "UpdateStateMachine": machines.update,
        "DescribeStateMachine": machines.describe,
        "DescribeStateMachineForExecution": machines.describe_for_execution,
        "ListStateMachines": machines.list,
        "DeleteStateMachine": machines.delete,
        "ValidateStateMachineDefinition": validate,
        "TagResource": tags.tag,
        "UntagResource": tags.untag,
        "ListTagsForResource": tags.tags,
    }


def _of_versions(versions: Versions, aliases: Aliases) -> dict[str, Operation]:
    return {
        "PublishStateMachineVersion": versions.publish,
        "ListStateMachineVersions": versions.list,
        "DeleteStateMachineVersion": versions.delete,
        "CreateStateMachineAlias": aliases.create,
        "UpdateStateMachineAlias": aliases.update,
        "DescribeStateMachineAlias": aliases.describe,
        "ListStateMachineAliases": aliases.list,
        "DeleteStateMachineAlias": aliases.delete,
    }


def _of_executions(executions: Executions, starting: Starting) -> dict[str, Operation]:
    return {
        "StartExecution": starting.start,
        "StartSyncExecution": starting.start_sync,
        "StopExecution": executions.stop,
        "DescribeExecution": executions.describe,
        "ListExecutions": executions.list,
        "GetExecutionHistory": executions.history,
        "RedriveExecution": executions.redrive,
    }


def _of_map_runs(map_runs: MapRuns) -> dict[str, Operation]:
    return {
        "ListMapRuns": map_runs.list,
        "DescribeMapRun": map_runs.describe,
        "UpdateMapRun": map_runs.update,
    }


def _of_tokens(tokens: Tokens) -> dict[str, Operation]:
    return {
        "SendTaskSuccess": tokens.success,
        "SendTaskFailure": tokens.failure,
        "SendTaskHeartbeat": tokens.heartbeat,
    }


def _of_nothing() -> dict[str, Operation]:
    """There are no activities here, and that is what their list says."""
    return {
        "ListActivities": lambda _: {"activities": []},
    }
