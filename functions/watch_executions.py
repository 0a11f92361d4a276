"""How long the oldest running execution of each machine has been running, as a metric."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.aws import stepfunctions
from functions.aws.environment import environment
from functions.aws.observability import measured, observed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

METRIC = "OldestRunningExecutionAge"


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Measure every watched machine; the ages in seconds by ARN, 0 where nothing runs.

    Step Functions tells of an execution when it ends: `ExecutionTime` is silent about one that
    does not (docs/decisions/age-of-executions.md).

    Raises:
        TransientError: Step Functions is busy or out of reach.
    """
    del event, context
    now = datetime.now(UTC)
    ages = {
        arn: stepfunctions.Executions(arn, stepfunctions.client()).oldest_running_seconds(now)
        for arn in environment().watched_machines
    }
    for arn, seconds in ages.items():
        measured(METRIC, seconds, StateMachineArn=arn)
    return ages
