"""How near the account's quotas are: they are shared with all else that runs in the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.monitoring.metrics import FIVE_MINUTES

if TYPE_CHECKING:
    from stacks.monitoring.watched import Watched

PERCENT: Final = 90


def concurrency() -> cloudwatch.MathExpression:
    """Concurrent Lambda calls of the account, in percent of its quota.

    SERVICE_QUOTA knows the quota of a usage metric. That of Lambda's quota L-B99A9384 is none of
    `AWS/Usage`, as for most services, but Lambda's own `ConcurrentExecutions` of all functions,
    without a dimension: the `UsageMetric` of `aws service-quotas get-service-quota`, and an alarm
    shown with its graph by Jonathan Souza, "ClaimedAccountConcurrency: The Lambda Metric That
    Predicts Throttling", https://awsfundamentals.com/blog/aws-lambda-claimed-account-concurrency.
    `ClaimedAccountConcurrency` is no choice here: it counts what is reserved and idle, so that a
    `file_concurrency` of nine tenths of the quota would be an alarm for ever.
    """
    used = cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name="ConcurrentExecutions",
        statistic="Maximum",
        period=FIVE_MINUTES,
    )
    return cloudwatch.MathExpression(
        expression="100 * used / SERVICE_QUOTA(used)",
        using_metrics={"used": used},
        period=FIVE_MINUTES,
        label="concurrent Lambda calls, percent of the quota",
    )


def lambda_throttles(watched: Watched) -> cloudwatch.MathExpression:
    """Calls of all functions that found no capacity, in five minutes."""
    parts = {
        f"t{place}": each.metric_throttles(period=FIVE_MINUTES, statistic="Sum")
        for place, each in enumerate(watched.functions)
    }
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(f'FILL({name}, 0)' for name in parts)}])",
        using_metrics=dict(parts),
        period=FIVE_MINUTES,
        label="calls that wait for capacity",
    )


def throttled(**of: str) -> cloudwatch.Metric:
    """Requests that Step Functions put off in the account, by `APIName` or `ServiceMetric`.

    Source: AWS Step Functions Developer Guide, "Monitoring Step Functions metrics".
    """
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ThrottledEvents",
        dimensions_map=of,
        statistic="Sum",
        period=FIVE_MINUTES,
    )


def open_executions() -> cloudwatch.MathExpression:
    """Open executions of the account, in percent of what it may have.

    Source: the same page, "Account metrics".
    """
    used, most = (
        cloudwatch.Metric(
            namespace="AWS/States", metric_name=name, statistic="Maximum", period=FIVE_MINUTES
        )
        for name in ("OpenExecutionCount", "OpenExecutionLimit")
    )
    return cloudwatch.MathExpression(
        expression="100 * used / most",
        using_metrics={"used": used, "most": most},
        period=FIVE_MINUTES,
        label="open executions, percent of the quota",
    )
