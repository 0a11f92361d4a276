"""How many executions of each machine run and how long the oldest does, as metrics.

With the setting `rejected_percent`, also whether too much of a prefix is rejected, as a message.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.aws import cloudwatch, s3, sns, stepfunctions
from functions.aws.environment import environment
from functions.aws.observability import measured, numbered, observed
from functions.aws.records_of_day import RecordsOfDay
from functions.core.reporting import rejected_so_far
from functions.core.reporting.origin import Origin
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
        TransientError: an API is busy or out of reach.
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
    if environment().rejected_percent:
        _watch_rejections(now)
    return {arn: running.oldest_seconds for arn, running in found.items()}


def _watch_rejections(now: datetime) -> None:
    """Tell subscribers of prefixes of which too much is rejected today."""
    known = environment()
    bucket = known.reports_bucket
    rejected_so_far.watch(
        now,
        known.rejected_percent,
        records=RecordsOfDay(bucket, s3.client()),
        publish=sns.Topic(known.report_topic, sns.client()).publish,
        origin=Origin.of(known.watched_machines[0], bucket, known.project, known.environment),
        form=known.report_message,
    )
