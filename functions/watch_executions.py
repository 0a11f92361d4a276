"""How many executions of each machine run and how long the oldest does, as metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.aws import cloudwatch, stepfunctions
from functions.aws.environment import environment
from functions.aws.observability import measured, numbered, observed
from functions.core.watching.oldest_execution import measure

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

METRIC = "OldestRunningExecutionAge"


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Measure every watched machine; the ages in seconds by ARN, 0 where nothing runs.

    Step Functions tells of an execution when it ends: `ExecutionTime` is silent about one that
    does not (docs/decisions/age-of-executions.md).

    Raises:
        TransientError: Step Functions or CloudWatch is busy or out of reach.
    """
    del event, context
    now = datetime.now(UTC)
    found = {
        arn: measure(
            now,
            stepfunctions.Executions(arn, stepfunctions.client()),
            cloudwatch.ExecutionMetrics(arn, environment().metrics_namespace, cloudwatch.client()),
        )
        for arn in environment().watched_machines
    }
    for arn, running in found.items():
        measured(METRIC, running.oldest_seconds, StateMachineArn=arn)
        if running.listed:
            numbered(cloudwatch.RUNNING, running.number, StateMachineArn=arn)
    return {arn: running.oldest_seconds for arn, running in found.items()}
