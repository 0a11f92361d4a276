"""One page in CloudWatch: how much comes in, how it ends, how long it takes, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.constructs.function import metrics_namespace
from stacks.monitoring.alarms import oldest_age

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from stacks.monitoring.stack import MonitoringStack

HOUR: Final = cdk.Duration.hours(1)
FIVE_MINUTES: Final = cdk.Duration.minutes(5)
STATUSES: Final = (
    "ExecutionsStarted",
    "ExecutionsSucceeded",
    "ExecutionsFailed",
    "ExecutionsTimedOut",
    "ExecutionsAborted",
)
COLUMNS: Final = 24
"""How wide a dashboard is (CloudWatch User Guide, "Dashboard body structure")."""
COST_OF_A_START: Final = 3 * 25e-6 + 2 * 5e-6 + 4 * 0.40e-6
"""State transitions, S3 writes and S3 reads of one file, in US dollars:
functions/core/reporting/cost.py."""
COST_OF_A_CALL: Final = 0.20e-6
COST_OF_A_GB_SECOND: Final = 0.0000133334


def pipeline_dashboard(watched: MonitoringStack) -> cloudwatch.Dashboard:
    """The dashboard of a deployment, named as its stacks begin."""
    return cloudwatch.Dashboard(
        watched,
        "Dashboard",
        dashboard_name=watched.settings.prefix,
        default_interval=cdk.Duration.days(3),
        widgets=[
            _row(
                ("Files an hour", _files(watched)),
                ("Records an hour", _records(watched)),
            ),
            _row(
                ("Executions of ProcessFile", _ends(watched.processing.machine)),
                ("Executions of DailyReport", _ends(watched.reporting.machine)),
            ),
            _row(
                ("Duration of ProcessFile, p50 and p99 (ms)", _durations(watched)),
                ("Duration of the report (ms)", [_report_duration(watched)]),
            ),
            _row(
                ("Tries again of ValidateFile", [_tries_again(watched)]),
                ("Throttles", _throttles(watched)),
            ),
            _row(
                ("Dead letters", [_depth(watched)]),
                ("Age of the oldest dead letter (s)", [_oldest_letter(watched)]),
                ("Age of the oldest running execution (s)", _oldest_executions(watched)),
            ),
            _row(
                ("Failed calls of the functions", _errors(watched)),
                ("Cost of the files, US dollars an hour, estimated", [_cost(watched)]),
            ),
        ],
    )


def _row(*graphs: tuple[str, list[Any]]) -> list[cloudwatch.IWidget]:
    """Graphs side by side, each of the same width."""
    width = COLUMNS // len(graphs)
    return [
        cloudwatch.GraphWidget(title=title, left=metrics, width=width) for title, metrics in graphs
    ]


def _files(watched: MonitoringStack) -> list[Any]:
    """Every upload starts one execution."""
    machine = watched.processing.machine
    return [machine.metric_started(period=HOUR, label="uploaded"), _own(watched, "Files")]


def _records(watched: MonitoringStack) -> list[Any]:
    return [_own(watched, "Records")]


def _own(watched: MonitoringStack, name: str) -> cloudwatch.Metric:
    """What CountRecords tells by its log (embedded metric format)."""
    return cloudwatch.Metric(
        namespace=metrics_namespace(watched.settings),
        metric_name=name,
        dimensions_map={"service": "count_records"},
        statistic="Sum",
        period=HOUR,
        label=f"{name.lower()} counted",
    )


def _ends(machine: Any) -> list[Any]:
    return [machine.metric(name, statistic="Sum", period=HOUR) for name in STATUSES]


def _durations(watched: MonitoringStack) -> list[Any]:
    machine = watched.processing.machine
    return [
        machine.metric_time(statistic=statistic, period=FIVE_MINUTES, label=statistic)
        for statistic in ("p50", "p99")
    ]


def _report_duration(watched: MonitoringStack) -> Any:
    return watched.reporting.machine.metric_time(statistic="Maximum", period=HOUR)


def _tries_again(watched: MonitoringStack) -> cloudwatch.MathExpression:
    """Step Functions has no metric of retries: a call more than there are executions is one."""
    return cloudwatch.MathExpression(
        expression="calls - starts",
        using_metrics={
            "calls": watched.processing.validate_file.metric_invocations(statistic="Sum"),
            "starts": watched.processing.machine.metric_started(statistic="Sum"),
        },
        label="calls above one an execution: retries and redrives",
        period=HOUR,
    )


def _throttles(watched: MonitoringStack) -> list[Any]:
    machines = (watched.processing.machine, watched.reporting.machine)
    by_account = cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ThrottledEvents",
        dimensions_map={"ServiceMetric": "StateTransition"},
        statistic="Sum",
        period=FIVE_MINUTES,
        label="state transitions (account)",
    )
    return [
        *(machine.metric_throttled(statistic="Sum", period=FIVE_MINUTES) for machine in machines),
        *(each.metric_throttles(period=FIVE_MINUTES) for each in _functions(watched)),
        by_account,
    ]


def _errors(watched: MonitoringStack) -> list[Any]:
    return [each.metric_errors(period=HOUR) for each in _functions(watched)]


def _functions(watched: MonitoringStack) -> list[lambda_.Function]:
    processing, reporting = watched.processing, watched.reporting
    return [
        *processing.functions,
        reporting.plan_report,
        reporting.summarize_batch,
        reporting.write_report,
        watched.watcher,
    ]


def _depth(watched: MonitoringStack) -> Any:
    queue = watched.storage.dead_letters
    return queue.metric_approximate_number_of_messages_visible(
        statistic="Maximum", period=FIVE_MINUTES
    )


def _oldest_letter(watched: MonitoringStack) -> Any:
    queue = watched.storage.dead_letters
    return queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES)


def _oldest_executions(watched: MonitoringStack) -> list[Any]:
    machines = (watched.processing.machine, watched.reporting.machine)
    return [oldest_age(watched, machine) for machine in machines]


def _cost(watched: MonitoringStack) -> cloudwatch.MathExpression:
    """By what was counted; the bill itself is a matter of the account (`monthly_budget_usd`)."""
    functions = watched.processing.functions
    calls, times = (
        " + ".join(f"{what}{number}" for number in range(len(functions)))
        for what in ("calls", "time")
    )
    memory_gb = watched.settings.file_memory_mb / 1024
    metrics = {"starts": watched.processing.machine.metric_started(statistic="Sum")}
    for number, function in enumerate(functions):
        metrics[f"calls{number}"] = function.metric_invocations(statistic="Sum")
        metrics[f"time{number}"] = function.metric_duration(statistic="Sum")
    return cloudwatch.MathExpression(
        expression=(
            f"starts * {COST_OF_A_START:.7f} + ({calls}) * {COST_OF_A_CALL:.7f}"
            f" + ({times}) / 1000 * {memory_gb:.4f} * {COST_OF_A_GB_SECOND:.10f}"
        ),
        using_metrics=metrics,
        label="state transitions, Lambda, S3 requests",
        period=HOUR,
    )
