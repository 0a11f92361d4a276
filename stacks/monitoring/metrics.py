"""What is measured: each metric as AWS emits it, and the few that are our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.constructs.function import metrics_namespace

if TYPE_CHECKING:
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.monitoring.watched import Watched
    from stacks.settings import Settings

COUNTING: Final = ("count_records", "check_fields", "merge_ranges")
"""The functions that answer a record, as their metrics name them."""
HOUR: Final = cdk.Duration.hours(1)
FIVE_MINUTES: Final = cdk.Duration.minutes(5)
STATUSES: Final = (
    "ExecutionsStarted",
    "ExecutionsSucceeded",
    "ExecutionsFailed",
    "ExecutionsTimedOut",
    "ExecutionsAborted",
)
COST_OF_A_START: Final = 3 * 25e-6 + 2 * 5e-6 + 4 * 0.40e-6
"""State transitions, S3 writes and S3 reads of one file, in US dollars:
functions/core/reporting/cost.py."""
COST_OF_A_CALL: Final = 0.20e-6
COST_OF_A_GB_SECOND: Final = 0.0000133334


def oldest_age(settings: Settings, machine: sfn.StateMachine) -> cloudwatch.Metric:
    """What `functions/watch_executions.py` measures, in seconds."""
    return cloudwatch.Metric(
        namespace=metrics_namespace(settings),
        metric_name="OldestRunningExecutionAge",
        dimensions_map={
            "StateMachineArn": machine.state_machine_arn,
            "service": "watch_executions",
        },
        statistic="Maximum",
        period=cdk.Duration.minutes(15),
    )


def files(watched: Watched) -> list[Any]:
    """Every upload starts one execution."""
    machine = watched.process_file
    return [
        machine.metric_started(period=HOUR, label="uploaded"),
        counted(watched, "Files"),
    ]


def records(watched: Watched) -> list[Any]:
    """Records counted, an hour."""
    return [counted(watched, "Records")]


def counted(watched: Watched, name: str) -> cloudwatch.MathExpression:
    """The sum of what the functions that end a count tell, an hour."""
    parts = {f"c{place}": own(watched, name, each) for place, each in enumerate(COUNTING)}
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(f'FILL({part}, 0)' for part in parts)}])",
        using_metrics=dict(parts),
        period=HOUR,
        label=f"{name.lower()} counted",
    )


def own(
    watched: Watched, name: str, service: str, period: cdk.Duration = HOUR
) -> cloudwatch.Metric:
    """What a function counts and tells by its log (embedded metric format)."""
    return cloudwatch.Metric(
        namespace=metrics_namespace(watched.settings),
        metric_name=name,
        dimensions_map={"service": service},
        statistic="Sum",
        period=period,
    )


def ends(machine: Any) -> list[Any]:
    """A machine's executions by how they ended, an hour."""
    return [machine.metric(name, statistic="Sum", period=HOUR) for name in STATUSES]


def durations(watched: Watched) -> list[Any]:
    """How long executions of `process_file` take, in milliseconds."""
    machine = watched.process_file
    return [
        machine.metric_time(statistic=statistic, period=FIVE_MINUTES, label=statistic)
        for statistic in ("p50", "p99")
    ]


def report_duration(watched: Watched) -> Any:
    """How long the longest report took, in milliseconds."""
    return watched.daily_report.metric_time(statistic="Maximum", period=HOUR)


def tries_again(watched: Watched) -> cloudwatch.MathExpression:
    """Step Functions has no metric of retries: a call more than there are executions is one."""
    return cloudwatch.MathExpression(
        expression="calls - starts",
        using_metrics={
            "calls": watched.file_functions[0].metric_invocations(statistic="Sum"),
            "starts": watched.process_file.metric_started(statistic="Sum"),
        },
        label="calls above one an execution: retries and redrives",
        period=HOUR,
    )


def throttles(watched: Watched) -> list[Any]:
    """Calls and state transitions that AWS put off."""
    by_account = cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ThrottledEvents",
        dimensions_map={"ServiceMetric": "StateTransition"},
        statistic="Sum",
        period=FIVE_MINUTES,
        label="state transitions (account)",
    )
    return [
        *(
            machine.metric_throttled(statistic="Sum", period=FIVE_MINUTES)
            for machine in watched.machines
        ),
        *(each.metric_throttles(period=FIVE_MINUTES) for each in watched.functions),
        by_account,
    ]


def errors(watched: Watched) -> list[Any]:
    """Failed calls of every function, an hour."""
    return [each.metric_errors(period=HOUR) for each in watched.functions]


def depth(watched: Watched) -> Any:
    """Messages in the dead-letter queue."""
    queue = watched.dead_letters
    return queue.metric_approximate_number_of_messages_visible(
        statistic="Maximum", period=FIVE_MINUTES
    )


def oldest_letter(watched: Watched) -> Any:
    """Seconds since the oldest dead letter was sent."""
    queue = watched.dead_letters
    return queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES)


def oldest_executions(watched: Watched) -> list[Any]:
    """Seconds since the oldest running execution of each machine began."""
    return [oldest_age(watched.settings, machine) for machine in watched.machines]


def cost(watched: Watched) -> cloudwatch.MathExpression:
    """By what was counted; the bill itself is a matter of the account (`monthly_budget_usd`)."""
    functions = watched.file_functions
    calls = " + ".join(f"calls{number}" for number in range(len(functions)))
    used = " + ".join(
        f"time{number} * {function.memory_mb / 1024:.4f}"
        for number, function in enumerate(functions)
    )
    metrics = {"starts": watched.process_file.metric_started(statistic="Sum")}
    for number, function in enumerate(functions):
        metrics[f"calls{number}"] = function.metric_invocations(statistic="Sum")
        metrics[f"time{number}"] = function.metric_duration(statistic="Sum")
    return cloudwatch.MathExpression(
        expression=(
            f"starts * {COST_OF_A_START:.7f} + ({calls}) * {COST_OF_A_CALL:.7f}"
            f" + ({used}) / 1000 * {COST_OF_A_GB_SECOND:.10f}"
        ),
        using_metrics=metrics,
        label="state transitions, Lambda, S3 requests",
        period=HOUR,
    )
